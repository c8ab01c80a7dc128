import { type Entry, type StepRecord, toLine } from "@step-log/core";

/** Makes of an imported record what a `Sink` takes: `sink.write(toEntry(record))`. */
export function toEntry(record: StepRecord): Entry {
  const { run_id: runId, step } = record;
  return { runId, step, record, line: toLine(record).text };
}
