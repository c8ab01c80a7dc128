import { DurationSeries, type Percentiles } from "@step-log/core";
import { calendar } from "@step-log/usage";
import { OTHER } from "./bounded-map.ts";
import { type CallSums, callSums, mergeSums } from "./call-sums.ts";
import type { LogTally, TimedCalls } from "./log-tally.ts";
import { groupOf, type RunGroup, runGroups } from "./run-groups.ts";
import { type RunRow, runRows } from "./run-rows.ts";
import { RUN_STATES, type RunState } from "./run-state.ts";

/** The calls of one tool or model. */
export interface NamedCalls {
  readonly name: string;
  readonly sums: CallSums;
  readonly durations: Percentiles;
}

/** One day: the runs that began on it, and the calls that were made on it. */
export interface DayCalls {
  readonly name: string;
  readonly runs: number;
  readonly llm: CallSums;
  readonly toolCalls: number;
  readonly errors: number;
}

/** What `step-log stats` tells. */
export interface StatsReport {
  /** All runs together. */
  readonly all: RunGroup;
  readonly states: Readonly<Record<RunState, number>>;
  readonly events: number;
  /** Unix seconds, `null` where there is no record. */
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  readonly llm: NamedCalls;
  readonly tool: NamedCalls;
  readonly tools: readonly NamedCalls[];
  readonly models: readonly NamedCalls[];
  readonly taskTypes: readonly RunGroup[];
  readonly agents: readonly RunGroup[];
  readonly days: readonly DayCalls[];
  readonly stopReasons: readonly (readonly [reason: string, calls: number])[];
  /** Runs that hit a limit of tokens, those with the most hits first. */
  readonly limited: readonly RunRow[];
  readonly limitHits: number;
  /** Steps that began and never ended. */
  readonly unfinishedSteps: number;
  readonly dropped: number;
  readonly badLines: number;
  readonly hasFolded: boolean;
}

/** Makes the report of a tally. */
export function statsReport(tally: LogTally, timeZone: string): StatsReport {
  const rows = runRows(tally);
  const folded = tally.runs.get(OTHER);
  const everything = [...tally.runs.values()];
  const sum = (of: (run: (typeof everything)[number]) => number) =>
    everything.reduce((total, run) => total + of(run), 0);
  const begin = everything.reduce((first, run) => Math.min(first, run.begin), Infinity);
  const end = everything.reduce((last, run) => Math.max(last, run.end), -Infinity);
  return {
    all: groupOf("all", rows),
    states: statesOf(rows),
    events: sum((run) => run.events),
    startedAt: Number.isFinite(begin) ? begin : null,
    endedAt: Number.isFinite(end) ? end : null,
    llm: totalOf(tally.models),
    tool: totalOf(tally.tools),
    tools: byCalls(tally.tools),
    models: byCalls(tally.models),
    taskTypes: runGroups(rows, ({ taskType }) => taskType),
    agents: runGroups(rows, ({ sums }) => sums.agent),
    days: daysOf(tally, rows, timeZone),
    stopReasons: [...tally.stopReasons].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)),
    limited: rows
      .filter(({ sums }) => sums.limitHits > 0)
      .sort((a, b) => b.sums.limitHits - a.sums.limitHits || (a.runId < b.runId ? -1 : 1)),
    limitHits: sum((run) => run.limitHits),
    unfinishedSteps: sum((run) => run.open?.size ?? 0),
    dropped: tally.dropped,
    badLines: tally.badLines,
    hasFolded: folded !== undefined,
  };
}

function statesOf(rows: readonly RunRow[]): Readonly<Record<RunState, number>> {
  const counts = RUN_STATES.map(
    (state) => [state, rows.filter((row) => row.state === state).length] as const,
  );
  return Object.fromEntries(counts) as Record<RunState, number>;
}

function totalOf(map: ReadonlyMap<string, TimedCalls>): NamedCalls {
  const sums = callSums();
  const durations = new DurationSeries();
  for (const one of map.values()) {
    mergeSums(sums, one.sums);
    durations.merge(one.durations);
  }
  return { name: "all", sums, durations: durations.percentiles() };
}

function byCalls(map: ReadonlyMap<string, TimedCalls>): readonly NamedCalls[] {
  return [...map]
    .map(([name, { sums, durations }]) => ({ name, sums, durations: durations.percentiles() }))
    .sort((a, b) => b.sums.calls - a.sums.calls || (a.name < b.name ? -1 : 1));
}

/** In their order, the first one first. */
function daysOf(tally: LogTally, rows: readonly RunRow[], timeZone: string): readonly DayCalls[] {
  const dayOf = calendar(timeZone);
  const begun = new Map<string, number>();
  for (const { sums } of rows) {
    const day = dayOf(sums.begin);
    begun.set(day, (begun.get(day) ?? 0) + 1);
  }
  return [...new Set([...tally.days.keys(), ...begun.keys()])].sort().map((name) => {
    const { llm = callSums(), toolCalls = 0, toolErrors = 0 } = tally.days.get(name) ?? {};
    return { name, runs: begun.get(name) ?? 0, llm, toolCalls, errors: llm.errors + toolErrors };
  });
}
