import type { LlmCall, Tags } from "../../packages/core/src/index.ts";
import type { RealRun, RealStep } from "./real-run.ts";

/** A record but for its time, and of `run_start` the runtime. */
export type ExpectedRecord = Readonly<Record<string, unknown>>;

/** The records that a log has to make of a run, written down once more, apart from its code. */
export function expectedRecords({ runId, run, steps }: RealRun): ExpectedRecord[] {
  const { agent, parentRunId = null } = run;
  const start = {
    type: "run_start",
    schema: "step-log/1",
    agent: agent ? { name: agent.name ?? null, version: agent.version ?? null } : null,
    task_type: run.taskType ?? null,
    environment: run.environment ?? null,
    parent_run_id: parentRunId,
    root_run_id: run.rootRunId ?? null,
    metadata: asJson(run.metadata),
  };
  return [start, ...steps.map(ownKeys)].map((keys, step) => ({ run_id: runId, step, ...keys }));
}

function ownKeys(step: RealStep): object {
  if (step.type === "event") return { type: "event", name: step.name, data: asJson(step.data) };
  if (step.type === "llm_call") return { type: "llm_call", ...llmKeys(step.call) };
  const { tool, toolCallId, input, output, error, durationMs } = step.call;
  return {
    type: "tool_call",
    tool,
    tool_call_id: toolCallId,
    input: asJson(input),
    output: asJson(output),
    error: error ?? null,
    duration_ms: microseconds(durationMs),
  };
}

function llmKeys(call: LlmCall): object {
  const { model, provider, responseId, cacheReadTokens, cacheWriteTokens, reasoningTokens } = call;
  return {
    model,
    ...given<string>("provider", provider),
    ...given<string>("response_id", responseId),
    input_tokens: call.inputTokens ?? null,
    output_tokens: call.outputTokens ?? null,
    ...given<number>("cache_read_tokens", cacheReadTokens),
    ...given<number>("cache_write_tokens", cacheWriteTokens),
    ...given<number>("reasoning_tokens", reasoningTokens),
    stop_reason: call.stopReason ?? null,
    duration_ms: microseconds(call.durationMs),
    ...given<unknown>("error", call.error),
    ...given<unknown>("usage", call.usage),
    ...given<Tags>("tags", call.tags),
  };
}

function given<T>(key: string, value: T | null | undefined): object {
  return value === undefined ? {} : { [key]: value };
}

/** A key whose value is undefined is none, in JSON. */
function asJson(value: unknown): unknown {
  return value === undefined ? null : JSON.parse(JSON.stringify(value));
}

/** A log keeps durations to the microsecond. */
function microseconds(ms: number | null | undefined): number | null {
  return typeof ms === "number" ? Number(ms.toFixed(3)) : null;
}
