import type { RunFilter, RunRef } from "@step-log/core";
import { eachLog } from "./each-log.ts";
import { lastRecord } from "./last-record.ts";
import { isInUse } from "./log-file-name.ts";
import type { LogChain, LogFiles } from "./log-files.ts";
import { readChain } from "./read-chain.ts";
import type { ReadLogOptions } from "./read-log-file.ts";

/**
 * Lists the runs of a log, each once.
 *
 * A file that is a run's own is known by its first record. Of a filter, it is compared with that and
 * with the last one: records are taken to be in the order of time. What that leaves open, and files
 * that runs share, is read through. Keeps about 100 bytes a run in memory.
 */
export async function* listRuns(
  files: LogFiles,
  filter: RunFilter,
  options: ReadLogOptions,
): AsyncGenerator<RunRef, void, void> {
  const { since = Number.NEGATIVE_INFINITY, until = Number.POSITIVE_INFINITY } = filter;
  const isWithin = (ts: number) => ts >= since && ts < until;
  const starts = new Map<string, number>();
  const listed = new Set<string>();
  // Other modes have to see every line.
  const wants = options.mode === "salvage" ? (line: string) => !isOfRun(line, listed) : undefined;

  async function* readThrough(chains: readonly LogChain[]): AsyncGenerator<RunRef, void, void> {
    for (const chain of chains) {
      const location = chain.at(-1)?.path ?? "";
      for await (const items of readChain(chain, files, { ...options, wants })) {
        for (const item of items) {
          if (item.type === "bad_line" || listed.has(item.run_id)) continue;
          const startedAt = starts.get(item.run_id) ?? item.ts;
          starts.set(item.run_id, startedAt);
          if (!isWithin(item.ts)) continue;
          listed.add(item.run_id);
          starts.delete(item.run_id);
          yield { runId: item.run_id, location, startedAt };
        }
      }
    }
  }

  for await (const { chains, own } of eachLog(files, options)) {
    if (own === undefined) {
      yield* readThrough(chains);
      continue;
    }
    if (listed.has(own.runId)) continue;
    const first = own.startedAt;
    const times = isWithin(first) ? [first] : [first, ...(await endsOf(chains))];
    const all = (holds: (ts: number) => boolean) =>
      times.every((ts) => ts !== undefined && holds(ts));
    if (times.some((ts) => ts !== undefined && isWithin(ts))) {
      listed.add(own.runId);
      yield own;
    } else if (!all((ts) => ts < since) && !all((ts) => ts >= until)) {
      yield* readThrough(chains);
    }
  }
}

/** The times of the last records, of each process; `undefined` where reading it all would tell. */
function endsOf(chains: readonly LogChain[]): Promise<(number | undefined)[]> {
  return Promise.all(
    chains.map(async (chain) => {
      const inUse = chain.find(isInUse);
      const last = inUse && (await lastRecord(inUse.path).catch(() => undefined));
      return last?.ts;
    }),
  );
}

const RUN_ID = /^\{"run_id": ?"([^"\\]*)"/;

/**
 * Tells at once, of most lines, that they are of one of these runs. A line that may name another run
 * further on, where it would count, has to be parsed.
 */
function isOfRun(line: string, runs: ReadonlySet<string>): boolean {
  const match = RUN_ID.exec(line);
  const [head = "", runId = ""] = match ?? [];
  return (
    match !== null &&
    runs.has(runId) &&
    !line.includes('"run_id"', head.length) &&
    !line.includes("\\u")
  );
}
