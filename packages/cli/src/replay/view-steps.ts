import { safe } from "@step-log/core";
import type { CostFunction, Replay } from "@step-log/replay";
import { count, duration, plural, usd } from "../output/figures.ts";
import type { Paint } from "../output/paint.ts";
import { aboutStep, kindOf, kindTone, stateMark, tokensOf } from "../show/step-facts.ts";
import { priceOf } from "../show/step-lines.ts";
import { cutEnd, widthOf } from "../terminal/cells.ts";
import { paintLine } from "../terminal/line.ts";
import { type Body, positionOf } from "./body.ts";
import {
  heightOf,
  type OpenRun,
  openRunOf,
  type ReplayState,
  type StepsPage,
  type StepsView,
} from "./replay-state.ts";
import { headLine, type RowColumn, rowLine, withWidths } from "./row-layout.ts";
import { textMatch } from "./search.ts";
import { stepPageLines } from "./step-page-lines.ts";
import { type StepRow, type StepRows, stepRows } from "./step-rows.ts";

// From here on there is room for the list and the selected step beside it.
const WIDE = 140;
const LIST_SHARE = 0.56;

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
    ? beside(list, sideLines(state, rows.at(page.cursor), columns - width - 3, paint), width, paint)
    : list;
  return {
    about: statusText(run),
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
  const columns = withWidths(columnsFor(state, run?.replay, page), shown, width - 2);
  const mark = state.search === null ? undefined : textMatch(state.search.text);
  const lines = shown.map((row, i) =>
    rowLine(columns, row, { paint, width, mark, isSelected: page.top + i === page.cursor }),
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

function columnsFor(
  { costOf }: ReplayState,
  replay: Replay | undefined,
  { view }: StepsPage,
): readonly RowColumn<StepRow>[] {
  const names = replay === undefined ? 0 : widestName(replay);
  const isTree = view === "tree";
  return [
    {
      name: "step",
      width: Math.max(4, String(replay?.steps.at(-1)?.number ?? 0).length),
      align: "right",
      text: ({ step }) => (step === null ? "" : String(step.number)),
      tone: () => "dim",
    },
    {
      name: " ",
      width: 1,
      text: ({ step }) => (step === null ? " " : stateMark(step)),
      tone: () => "bad",
    },
    ...(isTree ? [] : [KIND]),
    {
      name: isTree ? "what ran inside what" : "name",
      grows: isTree ? 2 : 1,
      min: 10,
      max: isTree ? treeWidth : () => Math.min(names, 32),
      cut: isTree ? "end" : "middle",
      text: isTree
        ? treeText
        : ({ step, depth }) => `${"  ".repeat(Math.min(depth, 5))}${step?.name ?? "-"}`,
      tone: ({ step }) => (step === null ? "accent" : kindTone(step)),
    },
    {
      name: "about",
      grows: 3,
      min: 12,
      text: ({ step, replay }) => (step === null ? `run ${replay.runId}` : aboutStep(step)),
      tone: ({ step }) => (step?.state === "failed" ? "bad" : "text"),
    },
    {
      name: "after",
      width: 9,
      align: "right",
      leaveOut: 2,
      text: ({ step, replay }) => (step === null ? "" : afterText(replay, step.startedAt)),
      tone: () => "dim",
    },
    {
      name: "took",
      width: 8,
      align: "right",
      text: ({ step }) =>
        step === null || step.durationMs === null ? "" : duration(step.durationMs),
    },
    {
      name: "tokens",
      width: 9,
      align: "right",
      text: ({ step }) => (step?.type === "llm_call" ? count(tokensOf(step)) : ""),
    },
    ...(replay?.totals().costUsd == null ? [] : [costColumn(costOf)]),
  ];
}

const KIND: RowColumn<StepRow> = {
  name: "type",
  width: 5,
  text: ({ step }) => (step === null ? "run" : kindOf(step)),
  tone: ({ step }) => (step === null ? "accent" : kindTone(step)),
};

function costColumn(costOf: CostFunction): RowColumn<StepRow> {
  return {
    name: "cost",
    width: 8,
    align: "right",
    leaveOut: 1,
    text: ({ step }) => (step?.record.type === "llm_call" ? usd(priceOf(step.record, costOf)) : ""),
  };
}

/** `├─ tool search`, with a mark on those that ran beside others. */
function treeText({ guide, step, replay, inside, isParallel }: StepRow): string {
  const fold = inside === 0 ? "" : "▾ ";
  const beside = isParallel ? "∥ " : "";
  const what =
    step === null ? `run ${agentOf(replay)}` : [kindOf(step), step.name].filter(Boolean).join(" ");
  return `${guide}${fold}${beside}${what}`;
}

function agentOf(replay: Replay): string {
  const start = replay.at(0)?.record;
  return start?.type === "run_start"
    ? aboutStep(replay.at(0) as NonNullable<ReturnType<Replay["at"]>>)
    : "";
}

function treeWidth(rows: readonly StepRow[]): number {
  return Math.max(20, ...rows.map((row) => widthOf(safe(treeText(row)))));
}

function afterText(replay: Replay, startedAt: number): string {
  const first = replay.at(0)?.startedAt ?? startedAt;
  return duration(Math.max(0, 1000 * (startedAt - first)));
}

const names = new WeakMap<Replay, { length: number; width: number }>();

/** The widest name of all, so that columns stand still while one pages through. */
function widestName(replay: Replay): number {
  const known = names.get(replay) ?? { length: 0, width: 4 };
  const { steps } = replay;
  let { length, width } = known;
  for (; length < steps.length; length++) {
    const chars = steps[length]?.name?.length ?? 0;
    if (chars > width) width = chars;
  }
  names.set(replay, { length, width });
  return width;
}

/** How the run stands: `failed, 12 s` */
function statusText(run: OpenRun): string {
  if (!run.isComplete) return `reading, ${plural(run.length, "step")} so far`;
  const { status, durationMs } = summaryOf(run);
  return `${status ?? "no end"} after ${duration(durationMs)}`;
}

const summaries = new WeakMap<
  Replay,
  { version: number; status: string | null; durationMs: number }
>();

function summaryOf({ replay, version }: OpenRun): { status: string | null; durationMs: number } {
  const known = summaries.get(replay);
  if (known?.version === version) return known;
  const { status, durationMs } = replay.summary();
  const made = { version, status, durationMs };
  summaries.set(replay, made);
  return made;
}

function factsLine(run: OpenRun, { view }: StepsPage, columns: number, paint: Paint): string {
  const { llmCalls, toolCalls, errors, tokens, costUsd, unpricedCalls } = run.replay.totals();
  const facts = [
    plural(llmCalls, "model call"),
    plural(toolCalls, "tool call"),
    plural(errors, "error"),
    `${count(tokens.input)} tokens in, ${count(tokens.output)} out`,
    ...(costUsd === null ? [] : [`${usd(costUsd)}${unpricedCalls > 0 ? "+" : ""}`]),
    ...(run.replay.badLines.length > 0
      ? [`${plural(run.replay.badLines.length, "line")} not read`]
      : []),
  ];
  const ordered = VIEW_NAMES[view];
  const text = cutEnd(facts.join(" · "), columns - 2 - (ordered === "" ? 0 : ordered.length + 3));
  const rest = ordered === "" ? "" : ` ${paint.dim("·")} ${paint.bold(ordered)}`;
  return ` ${errors > 0 ? withRed(text, plural(errors, "error"), paint) : paint.dim(text)}${rest}`;
}

function withRed(text: string, part: string, paint: Paint): string {
  const at = text.indexOf(part);
  if (at === -1) return paint.dim(text);
  const end = at + part.length;
  return paint.dim(text.slice(0, at)) + paint.red(part) + paint.dim(text.slice(end));
}

const VIEW_NAMES: Readonly<Record<StepsView, string>> = {
  list: "",
  tree: "as a tree",
  slowest: "slowest first",
  tokens: "most tokens first",
  errors: "errors only",
};

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

function beside(
  left: readonly string[],
  right: readonly string[],
  width: number,
  paint: Paint,
): readonly string[] {
  const length = Math.max(left.length, right.length);
  const rule = paint.dim("│");
  return Array.from({ length }, (_, i) => {
    const text = left[i];
    const space = text === undefined ? " ".repeat(width) : text;
    return `${space} ${rule} ${right[i] ?? ""}`;
  });
}
