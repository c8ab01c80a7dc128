import { runFileName } from "../run-file-name.ts";
import { AHEAD_BYTES } from "./default-limits.ts";
import { eachLog } from "./each-log.ts";
import { lineFilter } from "./line-filter.ts";
import { type LogChain, type LogFiles, listLogFiles } from "./log-files.ts";
import { mergeChains } from "./merge-chains.ts";
import { readChain } from "./read-chain.ts";
import type { ReadLogOptions } from "./read-log-file.ts";
import type { ReadItem } from "./record-cutter.ts";
import { strangeFiles } from "./strange-files.ts";

type Items = AsyncGenerator<ReadItem[], void, void>;

/** Reads every file of a location, one after the other. */
export async function* readLog(location: string | URL, options: ReadLogOptions): Items {
  options.signal?.throwIfAborted();
  const files = await listLogFiles(location);
  if (files.strange.length > 0) yield strangeFiles(files.strange, options);
  const reading = { aheadBytes: AHEAD_BYTES, ...options };
  for (const chains of files.logs.values()) {
    for (const chain of chains) yield* readChain(chain, files, reading);
  }
}

/** Reads one run: of a folder its own files, or, when it has none, those that runs share. */
export async function* readRun(
  location: string | URL,
  runId: string,
  options: ReadLogOptions,
): Items {
  options.signal?.throwIfAborted();
  const { into, ...giving } = options;
  const ofRun = { runId, wants: lineFilter(runId) };
  let files = await listLogFiles(location, { stem: runFileName(runId) });
  let chains = [...files.logs.values()].flat();
  if (chains.length === 0) {
    files = await listLogFiles(location);
    chains = await sharedChains(files, giving);
  }
  if (files.strange.length > 0) yield strangeFiles(files.strange, options);
  // Those of several are put into order first, which takes records.
  const reading = { ...(chains.length > 1 || into === undefined ? giving : options), ...ofRun };
  yield* mergeChains(chains.map((chain) => readChain(chain, files, reading)));
}

async function sharedChains(files: LogFiles, options: ReadLogOptions): Promise<LogChain[]> {
  const shared: LogChain[] = [];
  for await (const { chains, own } of eachLog(files, options)) {
    if (own === undefined) shared.push(...chains);
  }
  return shared;
}
