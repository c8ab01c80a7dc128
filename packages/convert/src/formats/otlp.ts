import type { Format, FormatOutput, FormatReader } from "../import/format.ts";
import {
  between,
  count,
  type Foreign,
  fields,
  isObject,
  list,
  milliseconds,
  parsed,
  text,
} from "../records/foreign.ts";
import type { ImportedRun } from "../records/imported-run.ts";
import { attributesOf } from "../records/otlp-attributes.ts";
import { passRecord } from "../records/pass-record.ts";
import { withDifference } from "../records/record-difference.ts";

/**
 * OTLP-JSON, a `TracesData` a document or a line: spans with the GenAI attributes of OpenTelemetry, also
 * under their earlier names. A trace is a run; what `exportLog` wrote comes back as it was.
 */
export const otlp: Format = {
  name: "otlp-json",
  recognises: (value) => Array.isArray(fields(value)["resourceSpans"]),
  read: (output) => new OtlpReader(output),
};

/** A span, its attributes by name. */
export interface GenAiSpan {
  readonly span: Foreign;
  readonly attributes: Foreign;
  readonly resource: Foreign;
}

const AGENT = /^(?:invoke_agent|create_agent|invoke_workflow)$/;
const TOOL = /^execute_tool$/;
const MODEL = /^(?:chat|generate_content|text_completion|embeddings|inference)$/;

class OtlpReader implements FormatReader {
  readonly #output: FormatOutput;
  // The steps of spans, for `parent_step` of those inside them; the last tens of thousands.
  readonly #steps = new Map<string, number>();

  constructor(output: FormatOutput) {
    this.#output = output;
  }

  take(value: unknown): void {
    const spans = list(fields(value)["resourceSpans"]).flatMap(spansOf);
    // Roots first, as they tell what the run is; else in the order in which they began, but ours as they are.
    const isRoot = (it: GenAiSpan) => Number(operationOf(it) === "agent");
    const isOurs = spans.every(({ attributes }) => "step_log.difference" in attributes);
    spans.sort((a, b) => isRoot(b) - isRoot(a) || (isOurs ? 0 : startOf(a) - startOf(b)));
    for (const it of spans) this.#span(it);
    for (const { attributes } of spans) {
      const end = parsed(attributes["step_log.run_end"]);
      if (isObject(end)) passRecord(this.#output, end);
    }
  }

  end(): void {}

  #span(it: GenAiSpan): void {
    const { span, attributes } = it;
    const whole = recordOf(it);
    if (whole !== undefined) {
      passRecord(this.#output, whole);
      return;
    }
    const runId =
      text(attributes["gen_ai.conversation.id"]) ?? text(span["traceId"]) ?? this.#output.name;
    const known = this.#output.known(runId);
    const run = known ?? this.#begin(runId, it);
    const operation = operationOf(it);
    if (operation === "agent") {
      if (known !== undefined) run.event(endOf(it), "span", plainSpan(it));
      return;
    }
    const step = run.nextStep();
    this.#remember(text(span["spanId"]), step);
    const parent = this.#steps.get(text(span["parentSpanId"]) ?? "");
    const inside = parent === undefined ? {} : { parent_step: parent };
    if (operation === "model") run.llmCall(endOf(it), { ...inside, ...llmKeys(it) }, step);
    else if (operation === "tool") run.toolCall(endOf(it), { ...inside, ...toolKeys(it) }, step);
    else
      run.record(
        endOf(it),
        "event",
        { ...inside, name: text(span["name"]) ?? "span", data: plainSpan(it) },
        step,
      );
    for (const event of list(span["events"])) this.#event(run, fields(event), step);
  }

  #begin(runId: string, it: GenAiSpan): ImportedRun {
    const { attributes, resource } = it;
    const {
      "service.name": service,
      "service.version": version,
      "deployment.environment.name": environment,
    } = resource;
    const isAgent = operationOf(it) === "agent";
    const agent = text(attributes["gen_ai.agent.name"]) ?? text(service);
    return this.#output.run(runId, () => ({
      ts: startOf(it),
      header: {
        agent:
          agent === null
            ? null
            : { name: agent, version: text(attributes["gen_ai.agent.version"]) ?? text(version) },
        environment: text(environment ?? resource["deployment.environment"]),
        metadata: { format: "otlp-json", resource, ...(isAgent ? { span: plainSpan(it) } : {}) },
      },
    }));
  }

  #event(run: ImportedRun, event: Foreign, step: number): void {
    const { name, timeUnixNano, attributes } = event;
    run.record(secondsOf(timeUnixNano), "event", {
      parent_step: step,
      name: text(name) ?? "event",
      data: attributesOf(attributes),
    });
  }

  #remember(spanId: string | null, step: number): void {
    if (spanId === null) return;
    this.#steps.set(spanId, step);
    if (this.#steps.size <= MAX_SPANS) return;
    const [oldest] = this.#steps.keys();
    this.#steps.delete(oldest ?? "");
  }
}

const MAX_SPANS = 50_000;

function spansOf(value: unknown): GenAiSpan[] {
  const { resource, scopeSpans, instrumentationLibrarySpans } = fields(value);
  const about = attributesOf(fields(resource)["attributes"]);
  return list(scopeSpans ?? instrumentationLibrarySpans)
    .flatMap((scope) => list(fields(scope)["spans"]))
    .filter(isObject)
    .map((span) => ({ span, resource: about, attributes: attributesOf(span["attributes"]) }));
}

function operationOf({ span, attributes }: GenAiSpan): "agent" | "model" | "tool" | "other" {
  const operation = text(attributes["gen_ai.operation.name"]) ?? "";
  const kind = String(
    attributes["openinference.span.kind"] ?? attributes["traceloop.span.kind"] ?? "",
  ).toLowerCase();
  if (AGENT.test(operation) || kind === "agent" || kind === "workflow") return "agent";
  if (TOOL.test(operation) || kind === "tool" || attributes["gen_ai.tool.name"] !== undefined)
    return "tool";
  if (MODEL.test(operation) || kind === "llm" || attributes["gen_ai.request.model"] !== undefined)
    return "model";
  return span["parentSpanId"] === undefined && attributes["gen_ai.agent.name"] !== undefined
    ? "agent"
    : "other";
}

/** The keys of the record that a span of a call of a model says. */
function llmKeys(it: GenAiSpan): Record<string, unknown> {
  const { attributes, span } = it;
  const of = (...names: readonly string[]) =>
    names.map((name) => attributes[name]).find((value) => value !== undefined);
  const input = count(
    of("gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens", "llm.token_count.prompt"),
  );
  const first = of("gen_ai.response.time_to_first_chunk");
  return {
    model: text(of("gen_ai.response.model", "gen_ai.request.model", "llm.model_name")),
    provider: text(of("gen_ai.provider.name", "gen_ai.system", "llm.provider", "llm.system")),
    input_tokens: input,
    output_tokens: count(
      of(
        "gen_ai.usage.output_tokens",
        "gen_ai.usage.completion_tokens",
        "llm.token_count.completion",
      ),
    ),
    ...given(
      "cache_read_tokens",
      count(
        of(
          "gen_ai.usage.cache_read.input_tokens",
          "gen_ai.usage.cache_read_input_tokens",
          "llm.token_count.prompt_details.cache_read",
        ),
      ),
    ),
    ...given(
      "cache_write_tokens",
      count(
        of(
          "gen_ai.usage.cache_write.input_tokens",
          "gen_ai.usage.cache_creation.input_tokens",
          "gen_ai.usage.cache_creation_input_tokens",
          "llm.token_count.prompt_details.cache_write",
        ),
      ),
    ),
    ...given(
      "reasoning_tokens",
      count(
        of("gen_ai.usage.reasoning.output_tokens", "llm.token_count.completion_details.reasoning"),
      ),
    ),
    stop_reason:
      text(list(of("gen_ai.response.finish_reasons"))[0]) ??
      text(of("gen_ai.response.finish_reasons")),
    ...given("response_id", text(of("gen_ai.response.id"))),
    ...given(
      "time_to_first_token_ms",
      typeof first === "number" ? milliseconds(first * 1000) : null,
    ),
    ...given("error", errorOf(it)),
    duration_ms: between(secondsOf(span["startTimeUnixNano"]), endOf(it)),
  };
}

/** The keys of the record that a span of a call of a tool says. */
function toolKeys(it: GenAiSpan): Record<string, unknown> & { readonly tool: string } {
  const { attributes, span } = it;
  const of = (...names: readonly string[]) =>
    names.map((name) => attributes[name]).find((value) => value !== undefined);
  return {
    tool:
      text(of("gen_ai.tool.name", "tool.name", "traceloop.entity.name")) ??
      text(span["name"]) ??
      "unknown",
    ...given("tool_call_id", text(of("gen_ai.tool.call.id", "tool_call.id"))),
    input:
      parsed(of("gen_ai.tool.call.arguments", "input.value", "traceloop.entity.input")) ?? null,
    output:
      parsed(of("gen_ai.tool.call.result", "output.value", "traceloop.entity.output")) ?? null,
    error: errorOf(it),
    duration_ms: between(secondsOf(span["startTimeUnixNano"]), endOf(it)),
  };
}

const ERROR_STATUS = 2;

function errorOf({ span, attributes }: GenAiSpan): string | null {
  const { code, message } = fields(span["status"]);
  if (code !== ERROR_STATUS && code !== "STATUS_CODE_ERROR") return null;
  return text(message) ?? text(attributes["error.type"]) ?? "error";
}

/** The record that a span of our own was made of; `undefined` of any other. */
function recordOf(it: GenAiSpan): Foreign | undefined {
  const difference = it.attributes["step_log.difference"];
  return typeof difference === "string"
    ? withDifference(spanRecord(it), parsed(difference))
    : undefined;
}

/** What a span of ours says in the words of OpenTelemetry, as far as this goes. */
export function spanRecord(it: GenAiSpan): Record<string, unknown> {
  const { span, attributes } = it;
  const type = text(attributes["step_log.type"]) ?? "event";
  return {
    run_id: text(attributes["step_log.run_id"]) ?? "",
    step: count(attributes["step_log.step"]) ?? 0,
    type,
    ...keysOf(type, it),
    ts: endOf(it),
    ...(type === "event"
      ? { name: span["name"], data: parsed(attributes["step_log.data"]) ?? null }
      : {}),
  };
}

function keysOf(type: string, it: GenAiSpan): object {
  if (type === "llm_call") return llmKeys(it);
  return type === "tool_call" ? toolKeys(it) : {};
}

function plainSpan({ span, attributes }: GenAiSpan): Foreign {
  const { name, kind, spanId, parentSpanId, status, links } = span;
  return { name, kind, spanId, parentSpanId, status, links, attributes };
}

function startOf({ span }: GenAiSpan): number {
  return secondsOf(span["startTimeUnixNano"]) ?? 0;
}

function endOf({ span }: GenAiSpan): number | null {
  return secondsOf(span["endTimeUnixNano"]) ?? secondsOf(span["startTimeUnixNano"]);
}

/** Seconds of a text of nanoseconds, to the last digit that a number can have. */
function secondsOf(nanoseconds: unknown): number | null {
  const digits = String(nanoseconds ?? "");
  if (!/^\d{1,20}$/.test(digits)) return null;
  const padded = digits.padStart(10, "0");
  return Number(`${padded.slice(0, -9)}.${padded.slice(-9)}`);
}

function given(key: string, value: unknown): object {
  return value === null ? {} : { [key]: value };
}
