import { type BadLine, type StepRecord, Summarizer, type Summary } from "@step-log/core";
import { AHEAD_BYTES } from "./default-limits.ts";
import { readLog, readRun } from "./read-log.ts";
import type { ReadLogOptions } from "./read-log-file.ts";
import { LineVisit } from "./scan/line-visit.ts";
import type { ScannedRecord } from "./scan/scanned-record.ts";

/** Sums up a location, or one run of it: what summing up all that `readLog` or `readRun` gives would. */
export async function summarizeLog(
  location: string | URL,
  options: ReadLogOptions,
  runId?: string,
): Promise<Summary> {
  const summarizer = new Summarizer();
  const add = (item: StepRecord | BadLine) => summarizer.add(item);
  // What is scanned is less than the type says, but all that is looked at.
  const record = (scanned: ScannedRecord) => add(scanned as unknown as StepRecord);
  const into = new LineVisit({ record, badLine: add }, add);
  const summing = { ...options, into, aheadBytes: AHEAD_BYTES };
  const items =
    runId === undefined ? readLog(location, summing) : readRun(location, runId, summing);
  for await (const batch of items) for (const item of batch) into.show(item);
  return summarizer.summary();
}
