import type { LlmCallRecord, StepRecord, ToolCallRecord } from "../../src/record.ts";

/** One call of a tool. */
export function toolCall(values: Partial<ToolCallRecord> = {}): ToolCallRecord {
  return {
    run_id: "run-1",
    step: 1,
    type: "tool_call",
    tool: "search",
    input: null,
    output: null,
    error: null,
    duration_ms: 240,
    ts: 1_748_107_202.456,
    ...values,
  };
}

/** One call of a model. */
export function llmCall(values: Partial<LlmCallRecord> = {}): LlmCallRecord {
  return {
    run_id: "run-1",
    step: 1,
    type: "llm_call",
    model: "claude-sonnet-4-6",
    input_tokens: 1200,
    output_tokens: 340,
    stop_reason: "tool_use",
    duration_ms: 1840,
    ts: 1_748_107_200.123,
    ...values,
  };
}

/** A call that has begun. */
export function stepStart(step: number, values: Record<string, unknown> = {}): StepRecord {
  return untrusted({
    run_id: "run-1",
    step,
    type: "step_start",
    of: "tool_call",
    tool: "search",
    ts: 1_748_107_200,
    ...values,
  });
}

/** What a log may hold although the types say otherwise. */
export function untrusted(value: unknown): StepRecord {
  return value as StepRecord;
}
