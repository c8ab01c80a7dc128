import { safe } from "@step-log/core";
import { cutEnd, widthOf, wrap } from "../output/cells.ts";
import type { Paint } from "../output/paint.ts";

/** What a piece of text is, which tells its colour. */
export type Tone = "text" | "heading" | "key" | "dim" | "bad" | "good" | "open" | "accent";

/** A piece of a line, safe to print. */
export interface Span {
  readonly text: string;
  readonly tone: Tone;
}

/** A line of a page, laid out for no width yet. */
export interface Line {
  readonly spans: readonly Span[];
  /** How far what does not fit stands in on the next line. */
  readonly hang: number;
}

/** Makes a piece of whatever a log holds; tabs go on to their stops. */
export function span(text: string, tone: Tone = "text"): Span {
  return { text: safe(withoutTabs(text)), tone };
}

const TAB_STOP = 8;

function withoutTabs(text: string): string {
  if (!text.includes("\t")) return text;
  return text
    .split("\t")
    .reduce((before, next) => before + " ".repeat(TAB_STOP - (before.length % TAB_STOP)) + next);
}

/** Makes a line of pieces; of a text, one of its own. */
export function line(...pieces: readonly (Span | string)[]): Line {
  return {
    spans: pieces.map((it) => (typeof it === "string" ? { text: it, tone: "text" } : it)),
    hang: 0,
  };
}

export const BLANK: Line = { spans: [], hang: 0 };

/** The characters of a line. */
export function textOfLine({ spans }: Line): string {
  return spans.map(({ text }) => text).join("");
}

/** Breaks a line to those that fit. */
export function wrapLine(given: Line, width: number): readonly Line[] {
  const text = textOfLine(given);
  if (widthOf(text) <= width) return [given];
  const hang = Math.min(given.hang, Math.floor(width / 2));
  const [first = "", ...more] = wrap(text, width);
  const rest = more.length === 0 ? [] : wrap(text.slice(first.length), width - hang);
  let at = 0;
  return [first, ...rest].map((piece, i) => {
    // The space at which it was broken would stand out at the beginning of a line.
    const from = i > 0 && /^ \S/.test(piece) ? at + 1 : at;
    const spans = slice(given.spans, from, at + piece.length);
    at += piece.length;
    const indent: Span = { text: " ".repeat(hang), tone: "text" };
    return { spans: i === 0 || hang === 0 ? spans : [indent, ...spans], hang };
  });
}

function slice(spans: readonly Span[], from: number, to: number): readonly Span[] {
  let at = 0;
  return spans.flatMap(({ text, tone }) => {
    const part = text.slice(Math.max(0, from - at), Math.max(0, to - at));
    at += text.length;
    return part === "" ? [] : [{ text: part, tone }];
  });
}

/** Writes a line in colours, cut where it is wider; what was searched for stands out. */
export function paintLine(given: Line, width: number, paint: Paint, mark?: TextMatch): string {
  const text = textOfLine(given);
  const shown = cutEnd(text, width);
  const isCut = shown.length !== text.length || shown !== text;
  const spans = isCut
    ? [...slice(given.spans, 0, shown.length - 1), { text: "…", tone: "dim" as const }]
    : given.spans;
  return spans.map((it) => paintSpan(it, paint, mark)).join("");
}

/** Where a text has what is searched for: the first place from one on, -1 for none. */
export interface TextMatch {
  find(text: string, from: number): number;
  readonly length: number;
}

function paintSpan({ text, tone }: Span, paint: Paint, mark: TextMatch | undefined): string {
  const tint = toned(tone, paint);
  if (mark === undefined) return tint(text);
  let painted = "";
  let at = 0;
  for (let to = mark.find(text, 0); to !== -1; to = mark.find(text, at)) {
    painted += tint(text.slice(at, to)) + paint.inverse(tint(text.slice(to, to + mark.length)));
    at = to + mark.length;
  }
  return painted + tint(text.slice(at));
}

/** The colour of a tone: those that can be read on black and on white alike. */
export function toned(tone: Tone, paint: Paint): (text: string) => string {
  switch (tone) {
    case "heading":
      return paint.bold;
    case "key":
      return paint.cyan;
    case "dim":
      return paint.dim;
    case "bad":
      return paint.red;
    case "good":
      return paint.green;
    case "open":
      return paint.magenta;
    case "accent":
      return paint.blue;
    case "text":
      return String;
  }
}
