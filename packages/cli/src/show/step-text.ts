import type { CostFunction, Replay, ReplayStep } from "@step-log/replay";
import type { Io } from "../io.ts";
import { paintFor } from "../output/paint.ts";
import { BLANK, type Line, line, paintLine, span, wrapLine } from "../terminal/line.ts";
import { contextLines } from "./context-lines.ts";
import { heading, stepLines } from "./step-lines.ts";

/** How a step is printed. */
export interface StepTextOptions {
  readonly costOf: CostFunction;
  /** Whether long values are printed to their end on a terminal, too. */
  readonly isFull: boolean;
}

// Of one value on a terminal: what fills a screen or two. For files and pipes nothing is cut.
const MAX_LINES = 60;
const MAX_CHARS = 8_000;

/** All of a step as a text, with what the agent had done and spent by then. */
export function stepText(
  { stdout, env }: Io,
  replay: Replay,
  step: ReplayStep,
  { costOf, isFull }: StepTextOptions,
): string {
  const isCut = stdout.isTTY === true && !isFull;
  const paint = paintFor(stdout, env);
  const width = stdout.isTTY === true ? (stdout.columns ?? 80) : Number.POSITIVE_INFINITY;
  const options = { costOf, ...(isCut && { maxChars: MAX_CHARS }) };
  const all = [
    ...(isCut ? shortened(stepLines(replay, step, options)) : stepLines(replay, step, options)),
    ...heading("by then the agent"),
    ...indented(contextLines(replay, step)),
  ];
  const wrapped = Number.isFinite(width) ? all.flatMap((it) => wrapLine(it, width)) : all;
  return wrapped.map((it) => `${paintLine(it, width, paint)}\n`).join("");
}

/** Each section cut where it is long, and a note how to see all of it. */
function* shortened(lines: Iterable<Line>): Generator<Line, void, void> {
  let inSection = 0;
  let left = 0;
  for (const it of lines) {
    if (it === BLANK) {
      if (left > 0) yield moreLine(left);
      [inSection, left] = [0, 0];
    }
    if (++inSection > MAX_LINES) left++;
    else yield it;
  }
  if (left > 0) yield moreLine(left);
}

function moreLine(left: number): Line {
  return line(span(`  … ${left} more lines: --full prints all`, "dim"));
}

function* indented(lines: Iterable<Line>): Generator<Line, void, void> {
  for (const { spans, hang } of lines) {
    yield spans.length === 0 ? BLANK : { spans: [span("  "), ...spans], hang: hang + 2 };
  }
}
