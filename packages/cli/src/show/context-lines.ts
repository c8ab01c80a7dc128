import type { Json, WireCallRecord } from "@step-log/core";
import type { Replay, ReplayStep, WireRequestBody } from "@step-log/replay";
import { bytes, count, duration, plural, usd } from "../output/figures.ts";
import { type Line, span } from "../terminal/line.ts";
import { field, isObject, textField } from "./fields.ts";
import { messageLines as contentLines } from "./message-lines.ts";
import { aboutStep, stateMark } from "./step-facts.ts";
import { type Fact, factLines, heading, section, stepName } from "./step-lines.ts";
import { knownTokens } from "./totals-text.ts";
import { type ValueOptions, valueLines } from "./value-lines.ts";

// The last ones tell what led to it; the others are a key away.
const LAST_STEPS = 10;

/** Writes what the agent had done, spent and seen when a step began. */
export function* contextLines(replay: Replay, step: ReplayStep): Generator<Line, void, void> {
  const context = replay.contextAt(step.index);
  if (context === undefined) return;
  const { totals, toolCalls, elapsedMs, running, inside, lastError } = context;
  const tokens = knownTokens(totals);
  const { llmCalls, unpricedCalls, costUsd } = totals;
  const facts: (Fact | false)[] = [
    ["had run for", duration(elapsedMs)],
    ["calls of models", count(llmCalls)],
    ["calls of tools", count(totals.toolCalls)],
    ["errors", count(totals.errors)],
    [
      "tokens in",
      tokens === null ? "-" : `${count(tokens.input)}, ${count(tokens.cacheRead)} from the cache`,
    ],
    ["tokens out", count(tokens?.output)],
    costUsd !== null && [
      "spent",
      `${usd(costUsd)}${unpricedCalls > 0 ? `, and ${plural(unpricedCalls, "call")} of unknown price` : ""}`,
    ],
    inside.length > 0 && ["inside", inside.map(stepName).join(" < ")],
    lastError !== null && ["last error", `${stepName(lastError)}: ${aboutStep(lastError)}`],
  ];
  yield* factLines(facts.filter((it) => it !== false));
  const beside = running.filter((it) => !inside.includes(it));
  if (beside.length > 0) {
    yield* heading("under way at the same time");
    yield* stepList(beside.slice(0, LAST_STEPS));
  }
  if (toolCalls.size > 0) {
    yield* heading("tools called");
    const sorted = [...toolCalls].sort(([, a], [, b]) => b - a);
    const width = Math.max(...sorted.map(([, calls]) => count(calls).length));
    for (const [tool, calls] of sorted) {
      yield { spans: [span(`  ${count(calls).padStart(width)}  `, "accent"), span(tool)], hang: 4 };
    }
  }
  const last = context.finished().slice(-LAST_STEPS);
  if (last.length > 0) {
    yield* heading("what had ended last");
    yield* stepList(last);
  }
}

function* stepList(steps: readonly ReplayStep[]): Generator<Line, void, void> {
  for (const step of steps) {
    const isBad = step.state === "failed";
    yield {
      spans: [
        span(`  ${stateMark(step)} ${stepName(step)}`, isBad ? "bad" : "text"),
        span(`  ${aboutStep(step)}`, "dim"),
      ],
      hang: 4,
    };
  }
}

/** Writes what the model was sent, exactly, and what came back, where the wire was tapped. */
export function* messageLines(
  replay: Replay,
  step: ReplayStep,
  options: Pick<ValueOptions, "maxChars">,
): Generator<Line, void, void> {
  const request = replay.contextAt(step.index)?.request ?? null;
  if (request === null) {
    yield { spans: [span("No exchange with a model was recorded by then.", "dim")], hang: 0 };
    yield {
      spans: [
        span("@step-log/tap records them: what was sent and what came back, exactly.", "dim"),
      ],
      hang: 0,
    };
    return;
  }
  const own = replay.wireCallsOf(step);
  if (!own.includes(request.call)) {
    yield { spans: [span("What the model had been sent last, before this step:", "dim")], hang: 0 };
  }
  yield* requestLines(request, options);
  for (const call of own) yield* wireLines(call, options);
}

function* requestLines(
  { call, instructions, messages, tools }: WireRequestBody,
  options: Pick<ValueOptions, "maxChars">,
): Generator<Line, void, void> {
  yield* factLines(exchangeFacts(call));
  if (tools !== null) {
    yield* heading(`${plural(tools.length, "tool")} offered`);
    const names = tools.map(toolName).join(", ");
    yield { spans: [span(`  ${names}`)], hang: 2 };
  }
  if (instructions !== null) yield* section("instructions", instructions, options);
  for (const [i, message] of (messages ?? []).entries()) {
    const role = isObject(message)
      ? (textField(message, "role") ?? textField(message, "type"))
      : null;
    yield* heading(`${i + 1}. ${role ?? "message"}`);
    yield* contentLines(message, { ...options, indent: 2 });
  }
  if (messages === null) {
    yield {
      spans: [span("The request is not JSON, or was cut: the record has it.", "dim")],
      hang: 0,
    };
  }
}

function* wireLines(
  call: WireCallRecord,
  options: Pick<ValueOptions, "maxChars">,
): Generator<Line, void, void> {
  const { response, error } = call;
  yield* heading(response === null ? "no response" : `response ${response.status}`);
  if (error !== null) yield { spans: [span(`  ${String(error)}`, "bad")], hang: 4 };
  const data = response?.body?.encoding === "utf8" ? response.body.data : undefined;
  if (typeof data === "string") yield* valueLines(parsed(data), { ...options, indent: 2 });
}

function exchangeFacts(call: WireCallRecord): readonly Fact[] {
  const request = field(call, "request");
  const [method, url] = isObject(request)
    ? [textField(request, "method"), textField(request, "url")]
    : [null, null];
  const size = call.request?.body?.bytes ?? null;
  return [
    ["sent", `${method ?? ""} ${url ?? ""}${size === null ? "" : `, ${bytes(size)}`}`],
    [
      "outcome",
      `${call.outcome}${call.duration_ms === null ? "" : ` after ${duration(call.duration_ms)}`}`,
    ],
  ];
}

function toolName(tool: Json): string {
  if (!isObject(tool)) return "?";
  const inner = field(tool, "function");
  const spec = field(tool, "toolSpec");
  for (const it of [tool, inner, spec]) {
    const name = isObject(it) ? textField(it, "name") : null;
    if (name !== null) return name;
  }
  return textField(tool, "type") ?? "?";
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    return text; // a stream of events, or cut
  }
}
