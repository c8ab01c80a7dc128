import type { Column } from "../output/answer.ts";
import { count, duration, time } from "../output/figures.ts";
import type { Paint } from "../output/paint.ts";
import { costColumns, countColumn, tokenColumns } from "../stats/columns.ts";
import type { RunRow } from "../stats/run-rows.ts";
import type { RunState } from "../stats/run-state.ts";

/** What `step-log ls` tells of a run. */
export const RUN_COLUMNS: readonly Column<RunRow>[] = [
  { name: "run_id", value: (row) => row.runId, cut: "middle" },
  {
    name: "began",
    value: ({ sums }) => (Number.isFinite(sums.begin) ? sums.begin : null),
    text: ({ sums }) => time(sums.begin),
  },
  {
    name: "duration_ms",
    value: (row) => row.durationMs,
    text: (row) => duration(row.durationMs),
    align: "right",
  },
  {
    name: "status",
    value: (row) => row.state,
    paint: ({ state }, paint) => colourOf(state, paint),
  },
  countColumn("steps", (row) => row.steps),
  countColumn("llm_calls", (row) => row.sums.llm.calls, { leaveOut: 6 }),
  countColumn("tool_calls", (row) => row.sums.toolCalls, { leaveOut: 7 }),
  {
    ...countColumn<RunRow>("errors", (row) => row.errors),
    paint: ({ errors }, { red }) => (errors > 0 ? red : String),
  },
  ...tokenColumns<RunRow>((row) => row.sums.llm),
  ...costColumns<RunRow>((row) => row.sums.llm),
  {
    name: "token_limit_hits",
    value: (row) => row.sums.limitHits,
    text: (row) => count(row.sums.limitHits),
    align: "right",
    leaveOut: 8,
  },
  { name: "agent", value: (row) => row.sums.agent, cut: "end", leaveOut: 1 },
  { name: "task_type", value: (row) => row.taskType, cut: "end", leaveOut: 2 },
];

function colourOf(state: RunState, { green, red, yellow, cyan }: Paint): (text: string) => string {
  switch (state) {
    case "ok":
      return green;
    case "error":
      return red;
    case "running":
      return cyan;
    default:
      return yellow;
  }
}
