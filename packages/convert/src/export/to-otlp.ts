import type { RunEndRecord, RunStartRecord, StepRecord } from "@step-log/core";
import { spanRecord } from "../formats/otlp.ts";
import { attributesOf } from "../records/otlp-attributes.ts";
import { recordDifference } from "../records/record-difference.ts";
import type { ExportItems } from "./export-items.ts";
import { hexId } from "./hex-id.ts";

// Collectors take messages of some megabytes; so many spans stay far below, but for large payloads.
const SPANS_A_LINE = 1_000;

type Span = Readonly<Record<string, unknown>>;
type Attributes = Readonly<Record<string, unknown>>;

interface Run {
  readonly start: RunStartRecord | undefined;
  readonly firstTs: number;
  lastTs: number;
}

/**
 * Writes records as OTLP-JSON, a `TracesData` a line: each run a trace, each step a span with the GenAI
 * attributes of OpenTelemetry. What these cannot say stands in `step_log.difference`, from which
 * `importLog` makes the very record again. A run's own span comes last, when it is known when it ended.
 */
export async function* toOtlp(items: ExportItems): AsyncGenerator<string, void, void> {
  const runs = new Map<string, Run>();
  let spans = new Map<string, Span[]>();
  let count = 0;
  const add = (runId: string, span: Span) => {
    const list = spans.get(runId) ?? [];
    spans.set(runId, list);
    list.push(span);
    count++;
  };
  const flush = () => {
    const line = tracesData(spans, runs);
    spans = new Map();
    count = 0;
    return line;
  };
  for await (const item of items) {
    if (item.type === "bad_line") continue;
    const run = runs.get(item.run_id) ?? { start: undefined, firstTs: item.ts, lastTs: item.ts };
    run.lastTs = Math.max(run.lastTs, item.ts);
    if (item.type === "run_start" && run.start === undefined) {
      runs.set(item.run_id, { ...run, start: item });
    } else if (item.type === "run_end" && run.start !== undefined) {
      add(item.run_id, runSpan(run, run.start, item));
      runs.set(item.run_id, { ...run, start: undefined });
    } else {
      runs.set(item.run_id, run);
      add(item.run_id, stepSpan(item));
    }
    if (count >= SPANS_A_LINE) yield flush();
  }
  for (const [runId, run] of runs) if (run.start !== undefined) add(runId, runSpan(run, run.start));
  if (count > 0) yield flush();
}

function tracesData(
  spans: ReadonlyMap<string, readonly Span[]>,
  runs: ReadonlyMap<string, Run>,
): string {
  const resourceSpans = [...spans].map(([runId, list]) => ({
    resource: { attributes: attributes(resourceOf(runs.get(runId)?.start)) },
    scopeSpans: [{ scope: { name: "@step-log/convert" }, spans: list }],
  }));
  return `${JSON.stringify({ resourceSpans })}\n`;
}

function resourceOf(start: RunStartRecord | undefined): Attributes {
  return {
    "service.name": start?.agent?.name ?? "unknown_service",
    "service.version": start?.agent?.version ?? undefined,
    "deployment.environment.name": start?.environment ?? undefined,
  };
}

function runSpan(run: Run, start: RunStartRecord, end?: RunEndRecord): Span {
  const name = start.agent?.name ?? undefined;
  const span = {
    ...idsOf(start),
    spanId: rootId(start.run_id),
    name: name === undefined ? "invoke_agent" : `invoke_agent ${name}`,
    kind: INTERNAL,
    startTimeUnixNano: nanoseconds(start.ts),
    endTimeUnixNano: nanoseconds(Math.max(run.lastTs, start.ts)),
    ...(end?.status === "error" ? { status: { code: ERROR, message: end.error ?? "error" } } : {}),
  };
  return finished(span, start, {
    "gen_ai.operation.name": "invoke_agent",
    "gen_ai.agent.name": name,
    "gen_ai.agent.version": start.agent?.version ?? undefined,
    "gen_ai.conversation.id": start.run_id,
    "step_log.run_end": end === undefined ? undefined : JSON.stringify(end),
  });
}

const INTERNAL = 1;
const CLIENT = 3;
const ERROR = 2;

function stepSpan(record: StepRecord): Span {
  const { duration_ms } = record as { readonly duration_ms?: number | null };
  const isLlm = record.type === "llm_call";
  const error = isLlm || record.type === "tool_call" ? (record.error ?? null) : null;
  const span = {
    ...idsOf(record),
    spanId: spanIdOf(record),
    parentSpanId: rootId(record.run_id),
    name: nameOf(record),
    kind: isLlm ? CLIENT : INTERNAL,
    startTimeUnixNano: nanoseconds(record.ts - (duration_ms ?? 0) / 1000),
    endTimeUnixNano: nanoseconds(record.ts),
    ...(error === null ? {} : { status: { code: ERROR, message: error } }),
  };
  return finished(span, record, attributesFor(record));
}

function attributesFor(record: StepRecord): Attributes {
  if (record.type === "llm_call") {
    const { model, provider, input_tokens, output_tokens, cache_read_tokens, error } = record;
    const { time_to_first_token_ms: first } = record;
    return {
      "gen_ai.operation.name": "chat",
      "gen_ai.provider.name": provider,
      "gen_ai.request.model": model,
      "gen_ai.response.id": record.response_id,
      "gen_ai.response.finish_reasons":
        record.stop_reason === null ? undefined : [record.stop_reason],
      "gen_ai.response.time_to_first_chunk": typeof first === "number" ? first / 1000 : undefined,
      "gen_ai.usage.input_tokens": input_tokens,
      "gen_ai.usage.output_tokens": output_tokens,
      "gen_ai.usage.cache_read.input_tokens": cache_read_tokens,
      "gen_ai.usage.cache_write.input_tokens": record.cache_write_tokens,
      "gen_ai.usage.reasoning.output_tokens": record.reasoning_tokens,
      "error.type":
        error === null || error === undefined
          ? undefined
          : (record.error_context?.type ?? "_OTHER"),
    };
  }
  if (record.type === "tool_call") {
    return {
      "gen_ai.operation.name": "execute_tool",
      "gen_ai.tool.name": record.tool,
      "gen_ai.tool.call.id": record.tool_call_id,
      "gen_ai.tool.call.arguments": asText(record.input),
      "gen_ai.tool.call.result": asText(record.output),
      "error.type": record.error === null ? undefined : (record.error_context?.type ?? "_OTHER"),
    };
  }
  return record.type === "event" ? { "step_log.data": asText(record.data) } : {};
}

function nameOf(record: StepRecord): string {
  if (record.type === "llm_call") return `chat ${record.model ?? ""}`.trim();
  if (record.type === "tool_call") return `execute_tool ${record.tool}`;
  return record.type === "event" ? record.name : record.type;
}

/** A text as it is, anything else as JSON. */
function asText(value: unknown): string | undefined {
  if (value === null || value === undefined) return undefined;
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** Adds the attributes, and what they and the span leave out of the record. */
function finished(span: Span, record: StepRecord, own: Attributes): Span {
  const named = attributes({
    ...own,
    "step_log.run_id": record.run_id,
    "step_log.step": record.step,
    "step_log.type": record.type,
  });
  const carried = spanRecord({ span, attributes: attributesOf(named), resource: {} });
  const difference = JSON.stringify(recordDifference(record, carried));
  return { ...span, attributes: [...named, ...attributes({ "step_log.difference": difference })] };
}

function attributes(values: Attributes): object[] {
  return Object.entries(values).flatMap(([key, value]) => {
    const any = anyValue(value);
    return any === undefined ? [] : [{ key, value: any }];
  });
}

function anyValue(value: unknown): object | undefined {
  if (typeof value === "string") return { stringValue: value };
  if (typeof value === "boolean") return { boolValue: value };
  if (Number.isSafeInteger(value)) return { intValue: String(value) };
  if (typeof value === "number") return { doubleValue: value };
  return Array.isArray(value) ? { arrayValue: { values: value.map(anyValue) } } : undefined;
}

function idsOf({ run_id }: StepRecord): { readonly traceId: string } {
  const uuid = run_id.replaceAll("-", "").toLowerCase();
  return { traceId: /^(?!0+$)[0-9a-f]{32}$/.test(uuid) ? uuid : hexId(run_id, 32) };
}

function rootId(runId: string): string {
  return hexId(`run ${runId}`, 16);
}

function spanIdOf({ run_id, writer = "", step, type }: StepRecord): string {
  return hexId(JSON.stringify([run_id, writer, step, type]), 16);
}

/** Unix nanoseconds as a text: more digits than a number can have. */
function nanoseconds(ts: number): string {
  return ts > 0 && ts < 1e10 ? BigInt(ts.toFixed(9).replace(".", "")).toString() : "0";
}
