import { DurationSeries, type Percentiles } from "@step-log/core";
import { nameOf, OTHER } from "./bounded-map.ts";
import { type CallSums, callSums, mergeSums } from "./call-sums.ts";
import type { RunRow } from "./run-rows.ts";

/** Runs that have something in common, and what they came to. */
export interface RunGroup {
  readonly name: string;
  readonly runs: number;
  /** Those that ended in an error. */
  readonly failed: number;
  /** Those that never ended. */
  readonly unfinished: number;
  readonly durations: Percentiles;
  readonly llm: CallSums;
  readonly toolCalls: number;
  /** Calls that failed, of models and tools. */
  readonly errors: number;
}

const MAX_GROUPS = 1000;

/** Puts runs together by a name, the most runs first. */
export function runGroups(
  rows: readonly RunRow[],
  nameOfRun: (row: RunRow) => string | null,
): readonly RunGroup[] {
  const groups = new Map<string, RunRow[]>();
  for (const row of rows) {
    const own = nameOf(nameOfRun(row));
    const name = groups.has(own) || groups.size < MAX_GROUPS ? own : OTHER;
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [row]);
    else group.push(row);
  }
  return [...groups]
    .map(([name, group]) => groupOf(name, group))
    .sort((a, b) => b.runs - a.runs || (a.name < b.name ? -1 : 1));
}

/** What runs came to. */
export function groupOf(name: string, rows: readonly RunRow[]): RunGroup {
  const durations = new DurationSeries();
  const llm = callSums();
  let [failed, unfinished, toolCalls, errors] = [0, 0, 0, 0];
  for (const row of rows) {
    durations.add(row.durationMs);
    mergeSums(llm, row.sums.llm);
    if (row.state === "error") failed++;
    if (row.state === "unfinished") unfinished++;
    toolCalls += row.sums.toolCalls;
    errors += row.errors;
  }
  return {
    ...{ name, runs: rows.length, failed, unfinished, llm, toolCalls, errors },
    durations: durations.percentiles(),
  };
}
