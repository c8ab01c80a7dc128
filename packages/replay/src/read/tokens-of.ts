import { amountOf } from "../run/fields.ts";
import type { ReplayStep } from "../run/replay-step.ts";

/** The tokens that a call of a model took, `null` where they are not known or it is none. */
export function tokensOf({ type, record }: ReplayStep): number | null {
  if (type !== "llm_call") return null;
  const [input, output] = [amountOf(record, "input_tokens"), amountOf(record, "output_tokens")];
  return input === null && output === null ? null : (input ?? 0) + (output ?? 0);
}
