import type { Paint } from "../../output/paint.ts";
import { stateMark } from "../../show/step-facts.ts";
import { paintLine } from "../../terminal/line.ts";
import {
  heightOf,
  type OpenRun,
  openRunOf,
  type ReplayState,
  type StepsPage,
  type StepsView,
} from "../state/replay-state.ts";
import { textMatch } from "../state/search.ts";
import { stepPageLines, WIDE } from "../state/step-page-lines.ts";
import { type StepRow, type StepRows, stepRows } from "../state/step-rows.ts";
import { beside } from "./beside.ts";
import { type Body, positionOf } from "./body.ts";
import { GUTTER, headLine, rowLine, withWidths } from "./row-layout.ts";
import { factsLine, runStatus } from "./run-facts.ts";
import { stepColumns } from "./step-columns.ts";

const LIST_SHARE = 0.6;

/** The steps of a run; on wide terminals with the selected one beside them. */
export function viewSteps(state: ReplayState, page: StepsPage, paint: Paint): Body {
  const run = openRunOf(state);
  if (run === undefined) {
    return { about: "", lines: ["", "", "  reading …"], keys: KEYS, position: "" };
  }
  const { columns } = state.size;
  const rows = stepRows(run, page);
  const isWide = columns >= WIDE;
  const width = isWide ? Math.floor(columns * LIST_SHARE) : columns;
  const list = listLines(state, page, rows, width, paint);
  const lines = isWide
    ? beside(list, sideLines(state, rows.at(page.cursor), columns - width - 4, paint), width, paint)
    : list;
  return {
    about: runStatus(run),
    lines: [factsLine(run, page, columns, paint), ...lines],
    keys: keysFor(page.view),
    position: positionOf(page.cursor, rows.length),
  };
}

function listLines(
  state: ReplayState,
  page: StepsPage,
  rows: StepRows,
  width: number,
  paint: Paint,
): readonly string[] {
  const height = heightOf(page, state.size);
  const shown: StepRow[] = [];
  for (let at = page.top; at < Math.min(rows.length, page.top + height); at++) {
    const row = rows.at(at);
    if (row !== undefined) shown.push(row);
  }
  const run = openRunOf(state);
  const columns = withWidths(stepColumns(state, run, page), shown, width - GUTTER);
  const mark = state.search === null ? undefined : textMatch(state.search.text);
  const lines = shown.map((row, i) =>
    rowLine(columns, row, {
      paint,
      width,
      mark,
      isSelected: page.top + i === page.cursor,
      state: row.step === null ? " " : stateMark(row.step),
    }),
  );
  if (rows.length === 0) lines.push(`  ${paint.dim(emptyText(page.view, run))}`);
  return [headLine(columns, width, paint), ...lines];
}

function emptyText(view: StepsView, run: OpenRun | undefined): string {
  if (run?.isComplete === false) return "reading …";
  if (view === "errors") return "No step failed. x shows all steps.";
  if (view === "tokens") return "No call of a model tells its tokens. m shows all steps.";
  return view === "slowest" ? "No step was timed. s shows all steps." : "There are no steps in it.";
}

const KEYS: Body["keys"] = [
  ["Enter", "open"],
  ["/", "search"],
  ["e", "error"],
  ["t", "tree"],
  ["s", "slowest"],
  ["m", "tokens"],
  ["x", "errors"],
  ["?", "help"],
  ["q", "back"],
];

function keysFor(view: StepsView): Body["keys"] {
  const back: Readonly<Partial<Record<StepsView, Body["keys"][number]>>> = {
    tree: ["t", "list"],
    slowest: ["s", "all"],
    tokens: ["m", "all"],
    errors: ["x", "all"],
  };
  const first = back[view];
  const fold: Body["keys"] = view === "tree" ? [["←→", "fold"]] : [];
  return first === undefined ? KEYS : [first, ...fold, ...KEYS.filter(([key]) => key !== first[0])];
}

/** The selected step, on the right of a wide terminal. */
function sideLines(
  state: ReplayState,
  row: StepRow | undefined,
  width: number,
  paint: Paint,
): readonly string[] {
  if (row === undefined) return [];
  const height = state.size.rows - 3;
  const mark = state.search === null ? undefined : textMatch(state.search.text);
  const lines = stepPageLines(state, row, { tab: "step", width, maxLines: height });
  return lines.map((it) => paintLine(it, width, paint, mark));
}
