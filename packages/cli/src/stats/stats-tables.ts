import { type Column, type Table, table } from "../output/answer.ts";
import { count, duration, percent, plural, time, usd } from "../output/figures.ts";
import { usdOf } from "./call-sums.ts";
import {
  costColumns,
  countColumn,
  errorsColumn,
  percentileColumns,
  tokenColumns,
  withoutZeros,
} from "./columns.ts";
import type { Dimension } from "./dimensions.ts";
import type { RunGroup } from "./run-groups.ts";
import type { RunRow } from "./run-rows.ts";
import type { DayCalls, NamedCalls, StatsReport } from "./stats-report.ts";
import { topRows } from "./top-rows.ts";

// More rows than these nobody reads; `--by` and `--json` have them all.
const MAX_ROWS = 20;

/** The report for people: facts first, then what can be told apart. */
export function statsTables(report: StatsReport): readonly Table[] {
  const { taskTypes, agents, days, stopReasons, limited } = report;
  return [
    table({ columns: FACTS, rows: facts(report) }),
    top("tool", report),
    top("model", report),
    ...(isTold(taskTypes) ? [top("task_type", report)] : []),
    ...(isTold(agents) ? [top("agent", report)] : []),
    ...(days.length > 1 ? [top("day", report)] : []),
    ...(stopReasons.length > 0 ? [top("stop_reason", report)] : []),
    ...(limited.length > 0 ? [limitTable(limited)] : []),
  ];
}

/** The report by one thing. */
export function tableBy(dimension: Dimension, report: StatsReport): Table {
  return withoutZeros(fullTable(dimension, report));
}

function fullTable(dimension: Dimension, report: StatsReport): Table {
  switch (dimension) {
    case "tool":
      return table({
        columns: [nameColumn("tool"), ...CALLS, ...percentileColumns(durations)],
        rows: report.tools,
        empty: "no calls of tools",
      });
    case "model":
      return table({
        columns: [
          nameColumn("model"),
          ...CALLS,
          ...tokenColumns(sums),
          ...costColumns(sums),
          ...percentileColumns(durations),
        ],
        rows: report.models,
        empty: "no calls of models",
      });
    case "task_type":
      return groupTable("task_type", report.taskTypes);
    case "agent":
      return groupTable("agent", report.agents);
    case "day":
      return table({ columns: DAYS, rows: report.days, empty: "no calls" });
    case "stop_reason":
      return table({
        columns: stopColumns(report.llm.sums.calls),
        rows: report.stopReasons,
        empty: "no stop reasons",
      });
  }
}

const TITLES: Readonly<Record<Dimension, string>> = {
  tool: "Tools",
  model: "Models",
  task_type: "Task types",
  day: "Days",
  agent: "Agents",
  stop_reason: "Stop reasons",
};

function top(dimension: Dimension, report: StatsReport): Table {
  const title = TITLES[dimension];
  return topRows(tableBy(dimension, report), { title, by: dimension, max: MAX_ROWS });
}

/** Whether there is more to tell than that it is not known. */
function isTold(groups: readonly RunGroup[]): boolean {
  return groups.some(({ name }) => !name.startsWith("("));
}

type Fact = readonly [name: string, value: string];

const FACTS: readonly Column<Fact>[] = [
  { name: "what", value: ([name]) => name },
  { name: "value", value: ([, value]) => value, cut: "end" },
];

function facts(report: StatsReport): readonly Fact[] {
  const { all, states, llm, tool } = report;
  const { tokens, unpriced } = llm.sums;
  const told = Object.entries(states)
    .filter(([, runs]) => runs > 0)
    .map(([state, runs]) => `${count(runs)} ${state}`);
  const took = all.durations;
  const rows: readonly (Fact | false)[] = [
    ["runs", [count(all.runs), told.join(", ")].filter((text) => text !== "").join(": ")],
    ["time", `${time(report.startedAt)} to ${time(report.endedAt)} UTC`],
    ["run duration", spread(took.p50, took.p95, took.p99)],
    ["calls of models", callsText(llm)],
    ["calls of tools", callsText(tool)],
    report.unfinishedSteps > 0 && ["never ended", plural(report.unfinishedSteps, "call")],
    [
      "tokens",
      `${count(tokens.input)} in, of which ${count(tokens.cacheRead)} from the cache; ${count(tokens.output)} out`,
    ],
    ["cost", costText(usdOf(llm.sums), unpriced)],
    report.limitHits > 0 && [
      "hit a limit of tokens",
      `${plural(report.limitHits, "call")} in ${plural(report.limited.length, "run")}`,
    ],
    report.dropped > 0 && ["records lost", count(report.dropped)],
    report.badLines > 0 && ["lines not read", count(report.badLines)],
  ];
  return rows.filter((fact) => fact !== false);
}

/** `$12.30, and 3 calls without a price` */
export function costText(amount: number | null, unpriced: number): string {
  if (unpriced === 0) return usd(amount);
  const rest = `${plural(unpriced, "call")} without a price`;
  return amount === null ? `not known: ${rest}` : `${usd(amount)}, and ${rest}`;
}

function callsText({ sums: { calls, errors }, durations: { p50, p95, p99 } }: NamedCalls): string {
  if (calls === 0) return "0";
  return `${count(calls)}, ${percent(errors, calls)} failed; ${spread(p50, p95, p99)}`;
}

function spread(p50: number | null, p95: number | null, p99: number | null): string {
  return `P50 ${duration(p50)}, P95 ${duration(p95)}, P99 ${duration(p99)}`;
}

const sums = (row: NamedCalls) => row.sums;
const durations = (row: { readonly durations: NamedCalls["durations"] }) => row.durations;

function nameColumn<Row extends { readonly name: string }>(name: string): Column<Row> {
  return { name, value: (row) => row.name, cut: "middle" };
}

const CALLS: readonly Column<NamedCalls>[] = [
  countColumn("calls", (row) => row.sums.calls),
  errorsColumn(
    (row) => row.sums.errors,
    (row) => row.sums.calls,
  ),
];

function groupTable(name: string, rows: readonly RunGroup[]): Table {
  return table<RunGroup>({
    columns: [
      nameColumn(name),
      countColumn("runs", (row) => row.runs),
      countColumn("failed", (row) => row.failed, {
        paint: (row, { red }) => (row.failed > 0 ? red : String),
      }),
      countColumn("unfinished", (row) => row.unfinished, { leaveOut: 5 }),
      countColumn("llm_calls", (row) => row.llm.calls, { leaveOut: 6 }),
      countColumn("tool_calls", (row) => row.toolCalls, { leaveOut: 7 }),
      errorsColumn(
        (row) => row.errors,
        (row) => row.llm.calls + row.toolCalls,
      ),
      ...tokenColumns((row: RunGroup) => row.llm),
      ...costColumns((row: RunGroup) => row.llm),
      ...percentileColumns<RunGroup>(durations),
    ],
    rows,
    empty: "no runs",
  });
}

const DAYS: readonly Column<DayCalls>[] = [
  { name: "day", value: (row) => row.name },
  countColumn("runs", (row) => row.runs),
  countColumn("llm_calls", (row) => row.llm.calls, { leaveOut: 6 }),
  countColumn("tool_calls", (row) => row.toolCalls, { leaveOut: 7 }),
  errorsColumn(
    (row) => row.errors,
    (row) => row.llm.calls + row.toolCalls,
  ),
  ...tokenColumns((row: DayCalls) => row.llm),
  ...costColumns((row: DayCalls) => row.llm),
];

function stopColumns(all: number): readonly Column<readonly [string, number]>[] {
  return [
    { name: "stop_reason", value: ([reason]) => reason, cut: "end" },
    countColumn("calls", ([, calls]) => calls),
    {
      name: "share",
      value: ([, calls]) => (all === 0 ? null : calls / all),
      text: ([, calls]) => percent(calls, all),
      align: "right",
    },
  ];
}

function limitTable(limited: readonly RunRow[]): Table {
  const rows = limited.slice(0, MAX_ROWS);
  const left = limited.length - rows.length;
  return table<RunRow>({
    title: `Runs that hit a limit of tokens${left > 0 ? ` (${count(left)} more: --json)` : ""}`,
    columns: [
      { name: "run_id", value: (row) => row.runId, cut: "middle" },
      countColumn("calls", (row) => row.sums.limitHits),
      { name: "status", value: (row) => row.state },
      { name: "agent", value: (row) => row.sums.agent, cut: "end", leaveOut: 1 },
      { name: "task_type", value: (row) => row.taskType, cut: "end", leaveOut: 2 },
    ],
    rows,
  });
}
