import type { RunRef } from "@step-log/core";
import { runFileName } from "../run-file-name.ts";
import { firstRecord } from "./first-record.ts";
import type { LogChain, LogFiles } from "./log-files.ts";
import type { ReadLogOptions } from "./read-log-file.ts";

/** The files of one stem. */
export interface Log {
  readonly chains: readonly LogChain[];
  /** The run that they are of, by their first record; `undefined` when runs share them. */
  readonly own: Required<RunRef> | undefined;
}

// The answers of the thread pool come late when the machine is busy; so many are waited for at once.
const AT_ONCE = 16;

/** Gives the logs of a location, and finds out which are a run's own. */
export async function* eachLog(
  files: LogFiles,
  options: ReadLogOptions,
): AsyncGenerator<Log, void, void> {
  const logs = [...files.logs];
  for (let at = 0; at < logs.length; at += AT_ONCE) {
    options.signal?.throwIfAborted();
    yield* await Promise.all(
      logs.slice(at, at + AT_ONCE).map(async ([stem, chains]) => {
        const isShared = files.kind === "file";
        return { chains, own: isShared ? undefined : await ownRun(stem, chains, files, options) };
      }),
    );
  }
}

async function ownRun(
  stem: string,
  chains: readonly LogChain[],
  files: LogFiles,
  options: ReadLogOptions,
): Promise<Required<RunRef> | undefined> {
  let own: Required<RunRef> | undefined;
  for (const chain of chains) {
    const first = await firstRecord(chain, files, options);
    if (first === undefined) continue;
    const { run_id: runId, ts } = first;
    if (runFileName(runId) !== stem) return undefined;
    own ??= { runId, location: chain.at(-1)?.path ?? "", startedAt: ts };
    own = { ...own, startedAt: Math.min(own.startedAt, ts) };
  }
  return own;
}
