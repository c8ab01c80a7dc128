import { StepLogError } from "@step-log/core";
import type { Damage } from "./damage.ts";
import type { RecordCutterOptions } from "./record-cutter.ts";

/**
 * Passes on what is named like a file of the log and is none.
 *
 * @throws StepLogError `UNSAFE_FILE` in the mode `"strict"`
 */
export function strangeFiles(
  strange: readonly Damage[],
  { mode, onDamage }: RecordCutterOptions,
): Damage[] {
  for (const damage of strange) {
    const { location: path, reason } = damage;
    if (mode === "strict") {
      const message = `${path}: ${reason}; take it out of the folder`;
      throw new StepLogError("UNSAFE_FILE", message, { details: { path } });
    }
    onDamage?.(damage);
  }
  return [...strange];
}
