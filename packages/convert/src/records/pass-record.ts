import { isRecord, recordProblem, type StepRecord } from "@step-log/core";
import type { FormatOutput } from "../import/format.ts";

/** Passes a record of our own on as it is, redacted; what has not even what every record has is a problem. */
export function passRecord({ emit, clean, problem }: FormatOutput, value: unknown): void {
  if (isRecord(value)) emit(clean(value) as unknown as StepRecord);
  else problem(recordProblem(value) ?? "no record");
}
