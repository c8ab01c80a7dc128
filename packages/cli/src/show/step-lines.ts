import type { Json, LlmCallRecord } from "@step-log/core";
import type { CostFunction, Replay, ReplayStep } from "@step-log/replay";
import { count, duration, time, usd } from "../output/figures.ts";
import { BLANK, type Line, span } from "../terminal/line.ts";
import { errorLines, hasError } from "./error-lines.ts";
import { field, isObject, numberField, textField } from "./fields.ts";
import { messageLines } from "./message-lines.ts";
import { kindOf } from "./step-facts.ts";
import { afterMs, knownTime } from "./times.ts";
import { type ValueOptions, valueLines } from "./value-lines.ts";

/** How a step is written. */
export interface StepLinesOptions extends Pick<ValueOptions, "maxChars"> {
  readonly costOf?: CostFunction | undefined;
}

/**
 * Writes all of a step for people: what it was, how it failed, what it was given and gave. Lines are made
 * as they are asked for, however large the step.
 */
export function* stepLines(
  replay: Replay,
  step: ReplayStep,
  options: StepLinesOptions = {},
): Generator<Line, void, void> {
  yield* factLines([...facts(replay, step, options), ...otherFacts(step)]);
  if (hasError(step)) {
    yield* heading("error");
    yield* errorLines(step);
  }
  const shown = new Set([...COMMON, ...FACTS]);
  const given = step.start === null ? undefined : field(step.start, "input");
  for (const key of SECTIONS) {
    const value = field(step.record, key) ?? (key === "input" ? given : undefined);
    shown.add(key);
    if (value === undefined) continue;
    if (value === null && !(key === "output" && step.state === "done")) continue;
    const role = key === "data" && isObject(value) ? textField(value, "role") : null;
    if (role === null) {
      yield* section(key, value, options);
    } else {
      yield* heading(role);
      yield* messageLines(value, { ...options, indent: 2 });
    }
  }
  for (const [key, value] of Object.entries(step.record)) {
    if (!shown.has(key) && value !== null && !isShort(value))
      yield* section(key.replaceAll("_", " "), value, options);
  }
}

/** Names and values below each other: `took  12 ms`. */
export function* factLines(all: readonly Fact[]): Generator<Line, void, void> {
  const width = Math.max(0, ...all.map(([name]) => name.length)) + 2;
  for (const [name, value] of all) {
    yield { spans: [span(name.padEnd(width), "dim"), span(value)], hang: width };
  }
}

/** A heading with a value below it. */
export function* section(
  title: string,
  value: Json,
  options: Pick<ValueOptions, "maxChars">,
): Generator<Line, void, void> {
  yield* heading(title);
  yield* valueLines(value, { ...options, indent: 2 });
}

export function* heading(title: string): Generator<Line, void, void> {
  yield BLANK;
  yield {
    spans: [span(`${title.slice(0, 1).toUpperCase()}${title.slice(1)}`, "heading")],
    hang: 0,
  };
}

export type Fact = readonly [name: string, value: string];

// What stands in the facts, and what is of the log and not of the step.
const COMMON = ["run_id", "step", "type", "ts", "parent_step", "writer", "tags", "truncated"];
const FACTS = [
  ...["tool", "model", "provider", "name", "of", "tool_call_id", "response_id", "attempt"],
  ...["input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens"],
  ...["reasoning_tokens", "stop_reason", "duration_ms", "time_to_first_token_ms"],
  ...["error", "error_context"],
];
// In this order, whatever the record's is.
const SECTIONS = ["input", "output", "data", "usage", "metadata", "summary"];

function facts(replay: Replay, step: ReplayStep, options: StepLinesOptions): readonly Fact[] {
  const { record } = step;
  const number = (key: string) => numberField(record, key);
  const text = (key: string) => textField(record, key);
  const parent = replay.parentOf(step);
  const tags = field(record, "tags");
  const all: (Fact | false)[] = [
    ["step", `${stepName(step)}${step.writer === undefined ? "" : `, of writer ${step.writer}`}`],
    ["state", stateText(step)],
    ["began", beganText(replay, step)],
    text("provider") !== null && ["provider", text("provider") ?? ""],
    text("stop_reason") !== null && ["stopped", text("stop_reason") ?? ""],
    step.type === "llm_call" && ["tokens in", tokensIn(record)],
    step.type === "llm_call" && ["tokens out", tokensOut(record)],
    step.type === "llm_call" &&
      options.costOf !== undefined && [
        "cost",
        usd(priceOf(record as LlmCallRecord, options.costOf)),
      ],
    number("time_to_first_token_ms") !== null && [
      "first token",
      `after ${duration(number("time_to_first_token_ms"))}`,
    ],
    (number("attempt") ?? 1) > 1 && ["attempt", count(number("attempt"))],
    text("tool_call_id") !== null && ["call id", text("tool_call_id") ?? ""],
    text("response_id") !== null && ["response id", text("response_id") ?? ""],
    parent !== undefined && ["inside", stepName(parent)],
    typeof tags === "object" &&
      tags !== null && [
        "tags",
        Object.entries(tags)
          .map(([key, value]) => `${key}=${String(value)}`)
          .join(" "),
      ],
    ...truncations(record),
  ];
  return all.filter((fact) => fact !== false);
}

/** What is not known of other keys is whether they matter; short ones do not ask for much room. */
function otherFacts({ record }: ReplayStep): readonly Fact[] {
  const known = new Set([...COMMON, ...FACTS, ...SECTIONS]);
  const others = Object.entries(record).filter(([key, value]) => !known.has(key) && isShort(value));
  return others.map(([key, value]) => [key.replaceAll("_", " "), String(value)]);
}

const MAX_SHORT = 60;

function isShort(value: Json): boolean {
  if (typeof value === "string") return value.length <= MAX_SHORT && !value.includes("\n");
  return typeof value === "number" || typeof value === "boolean";
}

/** A step in a word or two: `3 tool search`. */
export function stepName(step: ReplayStep): string {
  return [step.number, kindOf(step), step.name].filter((it) => it !== null).join(" ");
}

/** `failed after 12 ms` */
export function stateText({ state, durationMs }: ReplayStep): string {
  if (state === "unfinished") return "never ended, as far as the log goes";
  const took =
    durationMs === null ? "" : ` ${state === "failed" ? "after" : "in"} ${duration(durationMs)}`;
  return `${state}${took}`;
}

function beganText(replay: Replay, step: ReplayStep): string {
  const began = knownTime(step.startedAt);
  return began === null ? "-" : `${time(began)}, ${duration(afterMs(replay, step))} into the run`;
}

function tokensIn(record: object): string {
  const [read, written] = [
    numberField(record, "cache_read_tokens"),
    numberField(record, "cache_write_tokens"),
  ];
  const parts = [count(numberField(record, "input_tokens"))];
  if (read !== null) parts.push(`${count(read)} from the cache`);
  if (written !== null) parts.push(`${count(written)} into it`);
  return parts.join(", ");
}

function tokensOut(record: object): string {
  const reasoning = numberField(record, "reasoning_tokens");
  const all = count(numberField(record, "output_tokens"));
  return reasoning === null ? all : `${all}, ${count(reasoning)} of them reasoning`;
}

/** What a call cost in US dollars, `null` where that is not known. */
export function priceOf(record: LlmCallRecord, costOf: CostFunction): number | null {
  const cost = costOf(record);
  return typeof cost === "object" ? (cost?.usd ?? null) : cost;
}

function truncations(record: object): readonly Fact[] {
  const all = field(record, "truncated");
  if (!Array.isArray(all)) return [];
  return all.flatMap((it: Json): Fact[] => {
    if (typeof it !== "object" || it === null) return [];
    const bytes = numberField(it, "bytes");
    const was = bytes === null ? "" : `, of ${count(bytes)} bytes`;
    return [["cut by the log", `${textField(it, "path") ?? "?"}${was}`]];
  });
}
