import { type ErrorListeners, StepLogError } from "@step-log/core";
import type { CallCost } from "../price/call-cost.ts";
import { keyOf, type Untrusted } from "../untrusted.ts";

// Real programs have one or two such models; memory stays below 1 MiB whatever the log holds.
const MAX_TOLD = 1000;

/** Makes a function that reports calls whose price is not known, once for each model and reason. */
export function unpricedWarning(
  errors: ErrorListeners,
): (record: Untrusted, cost: CallCost) => void {
  const told = new Set<string>();
  return (record, { reason }) => {
    if (reason === null) return;
    // A call that was refused has no usage, and as a rule no price.
    if (reason === "no_usage" && (record["error"] ?? null) !== null) return;
    const model = keyOf(record["model"]);
    const key = `${reason} ${model}`;
    if (told.has(key) || told.size >= MAX_TOLD) return;
    told.add(key);
    const message = `budget: calls of model ${model} are not counted, their price is not known (${reason})`;
    errors.tell(new StepLogError("UNPRICED", message, { details: { model, reason } }));
  };
}
