import { recordProblem, type StepRecord } from "@step-log/core";
import type { FormatOutput } from "../import/format.ts";
import { fields } from "./foreign.ts";

/** Passes a record of our own on as it is, redacted; what has not even what every record has is a problem. */
export function passRecord({ emit, clean, problem }: FormatOutput, value: unknown): void {
  if (isRecord(value)) emit(clean(value) as unknown as StepRecord);
  else problem(recordProblem(value) ?? "no record");
}

/** What every record has; whether the rest is right is for who reads it. */
export function isRecord(value: unknown): boolean {
  const { run_id, step, type, ts } = fields(value);
  return (
    typeof run_id === "string" &&
    Number.isSafeInteger(step) &&
    (step as number) >= 0 &&
    typeof type === "string" &&
    type !== "bad_line" &&
    Number.isFinite(ts)
  );
}
