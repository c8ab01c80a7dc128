import type { Summary } from "@step-log/core";
import { LineSummary } from "./line-summary.ts";
import { readLog, readRun } from "./read-log.ts";
import type { ReadLogOptions } from "./read-log-file.ts";

// Four times as much at once as when parsing, since it is done with it so much faster.
const AHEAD_BYTES = 1024 * 1024;

/** Sums up a location, or one run of it: what summing up all that `readLog` or `readRun` gives would. */
export async function summarizeLog(
  location: string | URL,
  options: ReadLogOptions,
  runId?: string,
): Promise<Summary> {
  const into = new LineSummary();
  const summing = { ...options, into, aheadBytes: AHEAD_BYTES };
  const items =
    runId === undefined ? readLog(location, summing) : readRun(location, runId, summing);
  for await (const batch of items) for (const item of batch) into.add(item);
  return into.summary();
}
