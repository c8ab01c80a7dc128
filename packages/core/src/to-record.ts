import { errorContext, errorMessage } from "./error-context.ts";
import { host } from "./host.ts";
import { inWords, type Values } from "./line/plain.ts";
import { type Json, RECORD_SCHEMA, type RunStatus, type StepRecord, type Tags } from "./record.ts";
import type { LlmCall, RunInfo, StepOptions, ToolCall } from "./step-log-options.ts";
import { isCount, numberOf } from "./summary/untrusted-record.ts";

// The one place where the names of the API meet those of the record. The order of the keys is fixed
// (type before payload, duration and ts behind it), so that a reader may scan for them.

/** A record while it is put together. */
export type Draft = Record<string, unknown>;

/** The header of a run. */
export function runStart(draft: Draft, run: RunInfo, values: Values): void {
  const { agent, parentRunId } = run;
  draft["schema"] = RECORD_SCHEMA;
  draft["agent"] = agent
    ? { name: text(agent.name, "agent", values), version: text(agent.version, "agent", values) }
    : null;
  draft["task_type"] = text(run.taskType, "task_type", values);
  draft["environment"] = text(run.environment, "environment", values);
  draft["parent_run_id"] = text(parentRunId, "parent_run_id", values);
  draft["root_run_id"] = text(run.rootRunId ?? parentRunId, "root_run_id", values);
  draft["metadata"] = values.value(run.metadata, "metadata");
  draft["runtime"] = host();
}

/** A call of a model; keys that few calls have are left out where they are not given. */
export function llmCall(draft: Draft, call: LlmCall, values: Values): void {
  draft["model"] = text(call.model, "model", values);
  if (call.provider !== undefined) draft["provider"] = text(call.provider, "provider", values);
  draft["input_tokens"] = count(call.inputTokens);
  draft["output_tokens"] = count(call.outputTokens);
  if (call.cacheReadTokens !== undefined) draft["cache_read_tokens"] = count(call.cacheReadTokens);
  if (call.cacheWriteTokens !== undefined)
    draft["cache_write_tokens"] = count(call.cacheWriteTokens);
  if (call.reasoningTokens !== undefined) draft["reasoning_tokens"] = count(call.reasoningTokens);
  draft["stop_reason"] = text(call.stopReason, "stop_reason", values);
  if (call.responseId !== undefined)
    draft["response_id"] = text(call.responseId, "response_id", values);
  if (call.attempt !== undefined) draft["attempt"] = count(call.attempt);
  if (call.error !== undefined) failure(draft, call.error, values);
  if (call.usage !== undefined) draft["usage"] = values.value(call.usage, "usage");
  draft["duration_ms"] = milliseconds(call.durationMs);
  if (call.timeToFirstTokenMs !== undefined) {
    draft["time_to_first_token_ms"] = milliseconds(call.timeToFirstTokenMs);
  }
}

/** A call of a tool. */
export function toolCall(draft: Draft, call: ToolCall, values: Values): void {
  draft["tool"] = text(call.tool, "tool", values) ?? "unknown";
  if (call.toolCallId !== undefined)
    draft["tool_call_id"] = text(call.toolCallId, "tool_call_id", values);
  // Half of the room is for what came of it, however large the input.
  const failed = call.error !== undefined && call.error !== null;
  draft["input"] = values.value(call.input, "input", failed || call.output !== undefined ? 0.5 : 1);
  draft["output"] = values.value(call.output, "output", failed ? 0.5 : 1);
  failure(draft, call.error, values);
  draft["duration_ms"] = milliseconds(call.durationMs);
}

/** The beginning of a call, under the number that the finished step will have. */
export function stepStart(
  draft: Draft,
  call: ({ of: "tool_call" } & ToolCall) | ({ of: "llm_call" } & LlmCall),
  values: Values,
): void {
  draft["of"] = call.of;
  if (call.of === "llm_call") {
    draft["model"] = text(call.model, "model", values);
    return;
  }
  draft["tool"] = text(call.tool, "tool", values) ?? "unknown";
  if (call.toolCallId !== undefined)
    draft["tool_call_id"] = text(call.toolCallId, "tool_call_id", values);
  draft["input"] = values.value(call.input, "input");
}

/** Anything else. */
export function event(draft: Draft, name: string, data: unknown, values: Values): void {
  draft["name"] = text(name, "name", values) ?? "unknown";
  draft["data"] = values.value(data, "data");
}

/** How the run ended. */
export function runEnd(
  draft: Draft,
  status: RunStatus,
  error: unknown,
  summary: Json,
  values: Values,
): void {
  draft["status"] = status;
  failure(draft, error, values);
  draft["error_context"] ??= null;
  draft["summary"] = summary;
}

const STATUSES: readonly RunStatus[] = ["ok", "error", "cancelled"];

/** The status that was given, if it is one, or else what the error says. */
export function runStatus(status: unknown, error: unknown): RunStatus {
  const well = (status ?? error ?? null) === null;
  return STATUSES.find((known) => known === status) ?? (well ? "ok" : "error");
}

/** The keys that any record may have. */
export function common(
  draft: Draft,
  options: StepOptions,
  tags: Tags | undefined,
  values: Values,
): void {
  const parentStep = count(options.parentStep);
  if (parentStep !== null) draft["parent_step"] = parentStep;
  const own = tagsOf(options.tags, values);
  if (tags !== undefined || own !== undefined) draft["tags"] = { ...tags, ...own };
}

/** Labels, which are texts, out of whatever was given for them. */
export function tagsOf(given: unknown, values: Values): Tags | undefined {
  if (typeof given !== "object" || given === null) return undefined;
  const tags = values.value(given, "tags");
  if (typeof tags !== "object") return {};
  return Object.fromEntries(Object.entries(tags ?? {}).map(([key, tag]) => [key, inWords(tag)]));
}

/** The record that a finished draft is. */
export function finished(draft: Draft): StepRecord {
  return draft as unknown as StepRecord;
}

function failure(draft: Draft, error: unknown, values: Values): void {
  if (error === undefined || error === null) {
    draft["error"] = null;
    return;
  }
  draft["error"] = values.text(errorMessage(error) ?? error, "error");
  if (typeof error !== "string")
    draft["error_context"] = values.shaped(errorContext(error), "error_context");
}

function text(value: unknown, key: string, values: Values): string | null {
  return value === undefined || value === null ? null : values.text(value, key);
}

function count(value: unknown): number | null {
  return isCount(value) ? value : null;
}

/** To the microsecond; more digits are noise of the clock. */
function milliseconds(value: unknown): number | null {
  const ms = numberOf(value);
  return ms >= 0 ? Math.round(ms * 1000) / 1000 : null;
}
