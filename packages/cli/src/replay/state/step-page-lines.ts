import type { Json } from "@step-log/core";
import type { CostFunction, Replay, ReplayStep } from "@step-log/replay";
import { contextLines, messageLines } from "../../show/context-lines.ts";
import { stepLines } from "../../show/step-lines.ts";
import { valueLines } from "../../show/value-lines.ts";
import { type Line, line, span, wrapLine } from "../../terminal/line.ts";
import type { ReplayState, Tab } from "./replay-state.ts";
import type { StepRow } from "./step-rows.ts";

// As many lines as somebody may page through; `step-log show --full` writes all.
const MAX_LINES = 20_000;
// Of one text, some thousand lines.
const MAX_CHARS = 500_000;

/** Which lines, and how they are broken. */
export interface StepPageLayout {
  readonly tab: Tab;
  readonly width: number;
  readonly maxLines?: number;
}

// Those of one page, of the one before and the one after it; each may have megabytes.
const MAX_KEPT = 8;
const kept: { readonly step: ReplayStep; readonly key: string; readonly lines: readonly Line[] }[] =
  [];

/** From here on there is room for something beside what is looked at. */
export const WIDE = 140;
const LEFT_SHARE = 0.6;

/** The cells of a line on a step's page: all but a margin on both sides, and what stands beside it. */
export function stepWidth({ columns }: ReplayState["size"], tab: Tab): number {
  const isShared = tab === "step" && columns >= WIDE;
  return Math.max(1, (isShared ? Math.floor(columns * LEFT_SHARE) : columns) - 2);
}

/** The lines of a step's page for a width, made once for as long as the step does not change. */
export function stepPageLines(
  { costOf }: Pick<ReplayState, "costOf">,
  { replay, step }: StepRow,
  { tab, width, maxLines = MAX_LINES }: StepPageLayout,
): readonly Line[] {
  if (step === null) return [];
  const key = `${tab} ${width} ${maxLines} ${step.state} ${tab === "step" ? "" : replay.length}`;
  const known = kept.find((it) => it.step === step && it.key === key);
  if (known !== undefined) return known.lines;
  const lines: Line[] = [];
  for (const it of linesOf(tab, replay, step, costOf)) {
    lines.push(...wrapLine(it, width));
    if (lines.length < maxLines) continue;
    lines.length = maxLines;
    if (maxLines === MAX_LINES) {
      lines.push(line(span(`… more: step-log show --step ${step.number} --full`, "dim")));
    }
    break;
  }
  kept.push({ step, key, lines });
  if (kept.length > MAX_KEPT) kept.shift();
  return lines;
}

function linesOf(tab: Tab, replay: Replay, step: ReplayStep, costOf: CostFunction): Iterable<Line> {
  const options = { maxChars: MAX_CHARS, costOf };
  switch (tab) {
    case "step":
      return stepLines(replay, step, options);
    case "before":
      return contextLines(replay, step);
    case "messages":
      return messageLines(replay, step, options);
    case "record":
      return valueLines(step.record as object as Json, options);
  }
}
