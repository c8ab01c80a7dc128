import type { StepRecord } from "../record.ts";

/**
 * Whether a value has what every record has, `run_id`, `step`, `type` and `ts`: the same as that
 * `recordProblem` finds nothing, at a fraction of the time. Whether the rest is right is for
 * `recordSchema` to say.
 */
export function isRecord(value: unknown): value is StepRecord {
  if (typeof value !== "object" || value === null) return false;
  const { run_id, step, type, ts } = value as Partial<Record<keyof StepRecord, unknown>>;
  return (
    typeof run_id === "string" &&
    Number.isSafeInteger(step) &&
    (step as number) >= 0 &&
    typeof type === "string" &&
    type !== "bad_line" &&
    Number.isFinite(ts)
  );
}
