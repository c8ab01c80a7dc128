import { OTHER } from "./bounded-map.ts";
import type { LogTally } from "./log-tally.ts";
import type { RunState } from "./run-state.ts";
import { durationOf, type RunSums, stepsOf } from "./run-sums.ts";

/** A run, as answers have it. */
export interface RunRow {
  readonly runId: string;
  readonly sums: RunSums;
  readonly state: RunState;
  readonly steps: number;
  /** Calls that failed, of models and tools. */
  readonly errors: number;
  /** As the run says, else as the nearest run above it does. */
  readonly taskType: string | null;
  readonly durationMs: number | null;
}

// Calls of models may take ten minutes (the time-out of the SDKs of OpenAI and Anthropic), and a run
// writes nothing meanwhile.
const RUNNING_S = 15 * 60;

// Sub-agents lie a few levels deep; it bounds what runs cost that name each other in a circle.
const MAX_LEVELS = 100;

/**
 * The runs of a tally, but for those that are summed up together.
 *
 * @param now In Unix milliseconds.
 */
export function runRows({ runs }: LogTally, now: number = Date.now()): readonly RunRow[] {
  const rows: RunRow[] = [];
  for (const [runId, sums] of runs) {
    if (runId !== OTHER) rows.push(rowOf(runId, sums, taskTypeOf(sums, runs), now));
  }
  return rows;
}

function rowOf(runId: string, sums: RunSums, taskType: string | null, now: number): RunRow {
  const isNew = now / 1000 - sums.end < RUNNING_S;
  return {
    runId,
    sums,
    state: sums.status ?? (isNew ? "running" : "unfinished"),
    steps: stepsOf(sums),
    errors: sums.llm.errors + sums.toolErrors,
    taskType,
    durationMs: durationOf(sums),
  };
}

function taskTypeOf(run: RunSums, runs: ReadonlyMap<string, RunSums>): string | null {
  let at: RunSums | undefined = run;
  for (let level = 0; at !== undefined && level < MAX_LEVELS; level++) {
    if (at.taskType !== null) return at.taskType;
    at = at.parentRunId === null ? undefined : runs.get(at.parentRunId);
  }
  return null;
}
