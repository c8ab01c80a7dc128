import type { Json } from "@step-log/core";
import type { ReplayStep, StepState } from "../run/replay-step.ts";

/** What counts of a step when runs are compared: neither ids nor times. */
export interface Comparable {
  readonly type: string;
  readonly name: string | null;
  readonly state: StepState;
  /** What it was given, got and ended with, by the key of the record. */
  readonly values: { readonly [key: string]: Json };
}

// What differs from run to run though the agent does the same; of types to come, all else counts.
const VOLATILE = new Set([
  "run_id",
  "step",
  "type",
  "ts",
  "parent_step",
  "writer",
  "tags",
  "truncated",
  "tool",
  "name",
  "of",
  "tool_call_id",
  "response_id",
  "attempt",
  "usage",
  "error_context",
  "duration_ms",
  "time_to_first_token_ms",
]);
const TOKENS = new Set([
  "input_tokens",
  "output_tokens",
  "cache_read_tokens",
  "cache_write_tokens",
  "reasoning_tokens",
]);
// Of the run and of its log, not of what the agent did.
const FRAME = new Set(["run_start", "run_end", "log_dropped", "wire_call"]);

/** The steps of a run that are compared one by one: calls, events, and types that are not known. */
export function comparedSteps(steps: readonly ReplayStep[]): readonly ReplayStep[] {
  return steps.filter(({ type }) => !FRAME.has(type));
}

/** What counts of a step; tokens where they are asked for. */
export function comparable(
  { type, name, state, record }: ReplayStep,
  withTokens: boolean = false,
): Comparable {
  const values: [string, Json][] = [];
  for (const [key, value] of Object.entries<Json>(record as object as { [key: string]: Json })) {
    // `null` and nothing are the same: not told.
    const counts = TOKENS.has(key) ? withTokens : !VOLATILE.has(key);
    if (counts && (value ?? null) !== null) values.push([key, value]);
  }
  return { type, name, state, values: Object.fromEntries(values) };
}
