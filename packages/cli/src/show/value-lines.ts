import type { Json } from "@step-log/core";
import { count } from "../output/figures.ts";
import { type Line, type Span, span } from "../terminal/line.ts";

/** How much of a value is written. */
export interface ValueOptions {
  /** Spaces before each line. @defaultValue 0 */
  readonly indent?: number;
  /** Most characters of one text; the rest is told in bytes. @defaultValue all */
  readonly maxChars?: number;
}

// Deeper than this nobody follows the indent, and a generator a level takes its time.
const MAX_DEPTH = 40;
// A list of short values stands in one line up to this width.
const SHORT_LIST = 60;

/**
 * Writes a value for people, line by line as they are asked for: keys, an indent a level, texts as they
 * stand, without quotes and escapes.
 */
export function* valueLines(
  value: Json,
  { indent = 0, maxChars = Number.POSITIVE_INFINITY }: ValueOptions = {},
): Generator<Line, void, void> {
  yield* lines([], value, { indent, depth: 0, maxChars });
}

interface Place {
  readonly indent: number;
  readonly depth: number;
  readonly maxChars: number;
}

/** `lead` is what stands before the value in its first line: its key, the dash of its list. */
function* lines(lead: readonly Span[], value: Json, place: Place): Generator<Line, void, void> {
  const { indent, depth } = place;
  const inside = { ...place, indent: lead.length === 0 ? indent : indent + 2, depth: depth + 1 };
  const one = (...spans: Span[]): Line => lineAt(indent, [...lead, ...spans]);
  if (typeof value === "string") {
    yield* textLines(lead, value, place);
  } else if (typeof value !== "object" || value === null) {
    yield one(span(String(value), value === null ? "dim" : "accent"));
  } else if (depth > MAX_DEPTH) {
    yield one(span("… (deeper than is shown)", "dim"));
  } else if (Array.isArray(value)) {
    const short = shortList(value);
    if (short !== undefined) {
      yield one(short);
      return;
    }
    if (lead.length > 0) yield one();
    for (const item of value) yield* lines([span("- ", "dim")], item, inside);
  } else {
    const entries = Object.entries(value as { readonly [key: string]: Json });
    if (entries.length === 0) {
      yield one(span("{}", "dim"));
      return;
    }
    const isItem = lead.length === 1 && lead[0]?.text === "- ";
    if (lead.length > 0 && !isItem) yield one();
    for (const [i, [key, item]] of entries.entries()) {
      // The first key stands beside the dash.
      const dash = isItem ? [i === 0 ? span("- ", "dim") : span("  ")] : [];
      yield* lines([...dash, span(`${key}: `, "key")], item, isItem ? place : inside);
    }
  }
}

function* textLines(
  lead: readonly Span[],
  text: string,
  place: Place,
): Generator<Line, void, void> {
  const { indent, maxChars } = place;
  const shown = text.length > maxChars ? start(text, maxChars) : text;
  const [first = "", ...rest] = shown.split(/\r?\n/);
  if (rest.length === 0) {
    const isPlain = first !== "" && first.trim() === first && !looksLikeOther(first);
    yield lineAt(indent, [
      ...lead,
      span(isPlain || lead.length === 0 ? first : JSON.stringify(first)),
    ]);
  } else {
    if (lead.length > 0) yield lineAt(indent, lead);
    const width = leadWidth(lead);
    const inner = lead.length === 0 ? indent : indent + width + 2;
    for (const it of [first, ...rest]) yield lineAt(inner, [span(it)]);
  }
  if (shown.length < text.length) {
    const more = count(text.length - shown.length);
    yield lineAt(indent, [span(`… ${more} more characters`, "dim")]);
  }
}

/** The dash of a list, which what follows stands behind. */
function leadWidth(lead: readonly Span[]): number {
  return lead.length > 1 ? 2 : 0;
}

function lineAt(indent: number, spans: readonly Span[]): Line {
  return { spans: [{ text: " ".repeat(indent), tone: "text" }, ...spans], hang: indent + 2 };
}

function shortList(values: readonly Json[]): Span | undefined {
  if (values.length === 0) return span("[]", "dim");
  if (values.length > SHORT_LIST / 2) return undefined;
  if (values.some((it) => typeof it === "object" && it !== null)) return undefined;
  if (values.some((it) => typeof it === "string" && it.length > SHORT_LIST)) return undefined;
  const text = `[${values.map((it) => JSON.stringify(it)).join(", ")}]`;
  return text.length > SHORT_LIST ? undefined : span(text);
}

/** A text that would read as a number, a truth value or nothing needs its quotes. */
function looksLikeOther(text: string): boolean {
  return /^(?:-?\d[\d.eE+-]*|true|false|null|\[\]|\{\})$/.test(text);
}

/** No half of a pair at the end. */
function start(text: string, length: number): string {
  const last = text.charCodeAt(length - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? length - 1 : length);
}
