import { recordProblem, type StepRecord } from "@step-log/core";
import type { Format } from "../import/format.ts";
import { fields } from "../records/foreign.ts";

/** step-log's own records, also as the Python library `agent-step-log` writes them: as they are. */
export const stepLog: Format = {
  name: "step-log",
  recognises: isRecord,
  read: ({ emit, clean, problem }) => ({
    take(value) {
      if (isRecord(value)) emit(clean(value) as unknown as StepRecord);
      else problem(recordProblem(value) ?? "no record");
    },
    end() {},
  }),
};

/** What every record has; whether the rest is right is for who reads it. */
function isRecord(value: unknown): boolean {
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
