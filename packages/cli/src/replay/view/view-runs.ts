import { widthOf } from "../../output/cells.ts";
import { count, duration, plural, time, usd } from "../../output/figures.ts";
import type { Paint } from "../../output/paint.ts";
import { knownTime } from "../../show/times.ts";
import type { Tone } from "../../terminal/line.ts";
import {
  heightOf,
  type ListedRun,
  type ReplayState,
  type RunsPage,
} from "../state/replay-state.ts";
import { type Body, positionOf } from "./body.ts";
import { GUTTER, headLine, type RowColumn, rowLine, withWidths } from "./row-layout.ts";

/** The list of runs, the one that began last on top. */
export function viewRuns(state: ReplayState, page: RunsPage, paint: Paint): Body {
  const { runs, size, areRunsComplete } = state;
  const height = heightOf(page, size);
  const shown = runs.slice(page.top, page.top + height);
  const columns = withWidths(COLUMNS, shown, size.columns - GUTTER);
  const lines = shown.map((run, i) =>
    rowLine(columns, run, {
      state: run.overview?.status === "error" ? "✗" : " ",
      paint,
      isSelected: page.top + i === page.cursor,
      width: size.columns,
    }),
  );
  const none = areRunsComplete ? "There are no runs in it." : "looking for runs …";
  return {
    about: `${plural(runs.length, "run")}${areRunsComplete ? "" : " so far"}`,
    lines: [
      headLine(columns, size.columns, paint),
      ...(runs.length === 0 ? [`  ${paint.dim(none)}`] : lines),
    ],
    keys: [
      ["↑↓", "move"],
      ["Enter", "open"],
      ["/", "search"],
      ["?", "help"],
      ["q", "leave"],
    ],
    position: positionOf(page.cursor, runs.length),
  };
}

const COLUMNS: readonly RowColumn<ListedRun>[] = [
  {
    name: "run",
    grows: 1,
    min: 16,
    text: ({ runId }) => runId,
    cut: () => "middle",
    max: widestOf(({ runId }) => runId),
  },
  {
    name: "agent",
    grows: 1,
    min: 10,
    leaveOut: 3,
    max: widestOf(({ overview }) => overview?.agent ?? "-"),
    text: ({ overview }) => (overview === null ? "" : (overview.agent ?? "-")),
  },
  {
    name: "began",
    width: 16,
    leaveOut: 1,
    // Who looks for a run does not know the second.
    text: ({ startedAt }) => time(knownTime(startedAt)).slice(0, 16),
    tone: () => "dim",
  },
  {
    name: "status",
    width: 9,
    text: ({ overview }) => (overview === null ? "" : (overview.status ?? "no end")),
    tone: ({ overview }) => statusTone(overview?.status ?? null),
  },
  figure("took", 9, ({ durationMs }) => duration(durationMs)),
  figure("steps", 7, ({ steps }) => count(steps)),
  figure(
    "errors",
    6,
    ({ errors }) => count(errors),
    ({ errors }) => (errors > 0 ? "bad" : "dim"),
  ),
  { ...figure("tokens", 11, ({ tokens }) => count(tokens)), leaveOut: 4 },
  { ...figure("cost", 8, ({ costUsd }) => usd(costUsd)), leaveOut: 2 },
];

/** The colour of how a run ended. */
function statusTone(status: string | null): Tone {
  if (status === "error") return "bad";
  return status === "ok" ? "good" : "dim";
}

function figure(
  name: string,
  width: number,
  text: (overview: NonNullable<ListedRun["overview"]>) => string,
  tone: (overview: NonNullable<ListedRun["overview"]>) => Tone = () => "text",
): RowColumn<ListedRun> {
  return {
    name,
    width,
    align: "right",
    text: ({ overview }) => (overview === null ? "" : text(overview)),
    tone: ({ overview }) => (overview === null ? "text" : tone(overview)),
  };
}

function widestOf(text: (run: ListedRun) => string): (rows: readonly ListedRun[]) => number {
  return (rows) => Math.max(0, ...rows.map((row) => widthOf(text(row))));
}
