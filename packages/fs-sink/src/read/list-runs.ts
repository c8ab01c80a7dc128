import type { RunFilter, RunRef } from "@step-log/core";
import { runFileName } from "../run-file-name.ts";
import { firstRecord } from "./first-record.ts";
import { lastRecord } from "./last-record.ts";
import { isInUse, type LogChain, type LogFiles } from "./log-files.ts";
import { readChain } from "./read-chain.ts";
import type { ReadLogOptions } from "./read-log-file.ts";

/**
 * Lists the runs of a log, each once.
 *
 * A file that is a run's own is known by its first record, and looked into no further than the filter
 * asks for; others are read to their end. Keeps about 100 bytes a run in memory.
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

  /** Reads files of many runs, or of one that may have a record within the times. */
  async function* scan(chains: readonly LogChain[]): AsyncGenerator<RunRef, void, void> {
    const wants = (line: string) => !isOfRun(line, listed);
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

  for (const [stem, chains] of files.logs) {
    const own = files.kind === "folder" ? await ownRun(stem, chains, files, options) : undefined;
    if (own === undefined) {
      yield* scan(chains);
    } else if (isWithin(own.startedAt) || (await endsWithin(chains, isWithin))) {
      listed.add(own.runId);
      yield own;
    } else if (own.startedAt < since) {
      yield* scan(chains);
    }
  }
}

/** The run that the files are of, by their first record; `undefined` when they are of several. */
export async function ownRun(
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

async function endsWithin(
  chains: readonly LogChain[],
  isWithin: (ts: number) => boolean,
): Promise<boolean> {
  for (const chain of chains) {
    const inUse = chain.find(isInUse);
    const last = inUse && (await lastRecord(inUse.path).catch(() => undefined));
    if (last !== undefined && isWithin(last.ts)) return true;
  }
  return false;
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
