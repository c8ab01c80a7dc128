import type { Json } from "@step-log/core";
import type { ReplayStep, RunDiff, StepDiff } from "@step-log/replay";
import { cutEnd, widthOf } from "../output/cells.ts";
import { count, duration, plural, usd } from "../output/figures.ts";
import { aboutStep, kindOf } from "../show/step-facts.ts";
import { BLANK, type Line, line, type Span, span, type Tone } from "../terminal/line.ts";

/** How a difference is written. */
export interface DiffLinesOptions {
  /** Cells of a line. */
  readonly width: number;
  /** Whether steps that are the same are listed. */
  readonly isAll: boolean;
}

/** Writes a difference for people: where the runs part first, what they came to, then step by step. */
export function diffLines(diff: RunDiff, options: DiffLinesOptions): readonly Line[] {
  const { runIds, firstDivergence, header } = diff;
  return [
    line(span("a  ", "bad"), span(runIds.a, "heading")),
    line(span("b  ", "good"), span(runIds.b, "heading")),
    BLANK,
    ...verdict(diff, options.width),
    ...(firstDivergence === null ? [] : [BLANK, ...factLines(diff)]),
    ...(header.length === 0 ? [] : [BLANK, title("Headers"), ...changesOf(header, options.width)]),
    ...toolLines(diff),
    BLANK,
    line(span("Steps", "heading"), span(`  ${countsText(diff)}`, "dim")),
    ...diff.steps
      .filter(({ kind }) => options.isAll || kind !== "same")
      .flatMap((it) => stepLines(it, options.width)),
  ];
}

function verdict(diff: RunDiff, width: number): readonly Line[] {
  const { same, firstDivergence, status } = diff;
  if (same) return [line(span("The runs are the same.", "good"))];
  if (firstDivergence === null) {
    const ends = `${status.a ?? "no end"}, then ${status.b ?? "no end"}`;
    return [line(span("The same steps, but another end: ", "bad"), span(ends))];
  }
  return [line(span("They part at", "heading")), ...stepLines(firstDivergence, width)];
}

function title(text: string): Line {
  return line(span(text, "heading"));
}

function factLines({ status, tokens, durationMs, costUsd, steps }: RunDiff): readonly Line[] {
  const stepsOf = (side: "a" | "b") => steps.filter((it) => it[side] !== null).length;
  const facts: readonly (readonly [string, string, string])[] = [
    ["", "a", "b"],
    ["status", status.a ?? "no end", status.b ?? "no end"],
    ["steps compared", count(stepsOf("a")), count(stepsOf("b"))],
    // A call without any would be none: 0 is what was not told.
    ["tokens in", count(tokens.a.input || null), count(tokens.b.input || null)],
    ["tokens out", count(tokens.a.output || null), count(tokens.b.output || null)],
    ["cost", usd(costUsd?.a), usd(costUsd?.b)],
    ["took", duration(durationMs.a), duration(durationMs.b)],
  ];
  const widths = [0, 1, 2].map((i) => Math.max(...facts.map((row) => widthOf(row[i] ?? ""))));
  return facts.map(([name, a, b], i) => {
    const tone: Tone = i === 0 ? "dim" : a === b ? "dim" : "text";
    return line(
      span(name.padEnd((widths[0] ?? 0) + 2), "dim"),
      span(`${a.padStart(widths[1] ?? 0)}  ${b.padStart(widths[2] ?? 0)}`, tone),
    );
  });
}

function toolLines({ tools }: RunDiff): readonly Line[] {
  const groups: readonly (readonly [string, readonly string[], Tone])[] = [
    ["only a called", tools.dropped, "bad"],
    ["only b called", tools.added, "good"],
    ["in another order", tools.moved, "accent"],
  ];
  const shown = groups.filter(([, names]) => names.length > 0);
  if (shown.length === 0) return [];
  return [
    BLANK,
    title("Tools"),
    ...shown.map(([name, tools, tone]) => ({
      spans: [span(`  ${name}: `, "dim"), span(tools.join(", "), tone)],
      hang: 4,
    })),
  ];
}

function countsText({ counts }: RunDiff): string {
  const kinds = Object.entries(counts).filter(([, steps]) => steps > 0);
  return kinds.map(([kind, steps]) => `${count(steps)} ${kind}`).join(", ");
}

const LOOKS: Readonly<Record<StepDiff["kind"], readonly [sign: string, tone: Tone]>> = {
  same: [" ", "dim"],
  changed: ["~", "accent"],
  moved: ["^", "accent"],
  added: ["+", "good"],
  dropped: ["-", "bad"],
};

function stepLines({ kind, a, b, changes }: StepDiff, width: number): readonly Line[] {
  const step = b ?? a;
  if (step === null) return [];
  const [sign, tone] = LOOKS[kind];
  const head: Span[] = [span(`${sign} ${placeText(a, b)} ${nameOf(step)}`, tone)];
  if (kind === "moved") head.push(span(" moved", "dim"));
  if (changes.length === 0) {
    const room = width - widthOf(head.map(({ text }) => text).join("")) - 2;
    if (room > 8)
      head.push(span(`  ${cutEnd(aboutStep(step), room)}`, kind === "same" ? "dim" : "text"));
  }
  return [{ spans: head, hang: 4 }, ...changesOf(changes, width)];
}

function placeText(a: ReplayStep | null, b: ReplayStep | null): string {
  const places = [a?.number, b?.number].filter((number) => number !== undefined);
  return `step ${[...new Set(places)].join(" -> ")}`;
}

function nameOf(step: ReplayStep): string {
  return [kindOf(step), step.name].filter(Boolean).join(" ");
}

// Of one step; who wants all asks for JSON.
const MAX_CHANGES = 8;

function changesOf(changes: StepDiff["changes"], width: number): readonly Line[] {
  const more = changes.length - MAX_CHANGES;
  const lines = changes.slice(0, MAX_CHANGES).flatMap((change) => changeLines(change, width));
  if (more > 0)
    lines.push(line(span(`    … ${plural(more, "more change")}: --json has all`, "dim")));
  return lines;
}

/** In a line where it fits; else below each other, from where they begin to differ. */
function changeLines({ path, a, b }: StepDiff["changes"][number], width: number): readonly Line[] {
  const [before, after] = [valueText(a), valueText(b)];
  const oneLine = widthOf(`    ${path}: ${before} -> ${after}`);
  if (oneLine <= width) {
    const spans = [
      span(`    ${path}: `, "key"),
      span(before, "bad"),
      span(" -> ", "dim"),
      span(after, "good"),
    ];
    return [{ spans, hang: 6 }];
  }
  const same = sameStart(before, after);
  const room = Math.max(20, width - 8);
  return [
    { spans: [span(`    ${path}`, "key")], hang: 6 },
    line(span(`      - ${excerpt(before, same, room)}`, "bad")),
    line(span(`      + ${excerpt(after, same, room)}`, "good")),
  ];
}

// Kept before the first difference, so that the eye finds its way.
const LEAD = 20;

function excerpt(text: string, from: number, room: number): string {
  const start = text.length <= room ? 0 : Math.max(0, Math.min(from - LEAD, text.length - room));
  return cutEnd(start === 0 ? text : `…${text.slice(start + 1)}`, room);
}

function sameStart(a: string, b: string): number {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at++;
  return at;
}

// Far more than is shown, far less than a payload may be.
const MAX_TEXT = 100_000;

function valueText(value: Json | undefined): string {
  if (value === undefined) return "(nothing)";
  try {
    return span(JSON.stringify(value).slice(0, MAX_TEXT)).text;
  } catch {
    return "(too deep to show)";
  }
}
