import type { RunStatus } from "@step-log/core";
import { type CallSums, callSums, mergeSums } from "./call-sums.ts";

/** Numbers of steps, with the writer where it has a name. */
export type Steps = Set<number | string>;

/** What is known of a run. Plain data, that another thread can be given. */
export interface RunSums {
  /** Unix seconds of the beginning of its first step; infinite where it has none. */
  begin: number;
  /** Unix seconds of its last record. */
  end: number;
  /** How it ended, `null` while it has not. */
  status: RunStatus | null;
  statusAt: number;
  agent: string | null;
  taskType: string | null;
  parentRunId: string | null;
  readonly llm: CallSums;
  toolCalls: number;
  toolErrors: number;
  events: number;
  /** Calls of models that stopped because a limit of tokens was reached. */
  limitHits: number;
  /** Steps that began and have not ended yet. */
  open: Steps | null;
  /** Steps that ended, and began in another part of the log, as far as is known. */
  ended: Steps | null;
}

export function runSums(): RunSums {
  return {
    begin: Number.POSITIVE_INFINITY,
    end: Number.NEGATIVE_INFINITY,
    status: null,
    statusAt: Number.NEGATIVE_INFINITY,
    agent: null,
    taskType: null,
    parentRunId: null,
    llm: callSums(),
    toolCalls: 0,
    toolErrors: 0,
    events: 0,
    limitHits: 0,
    // Most runs need none, and there may be 100,000.
    open: null,
    ended: null,
  };
}

/** Adds what another part of the log has of the run, in whatever order. */
export function mergeRun(run: RunSums, other: RunSums): void {
  run.begin = Math.min(run.begin, other.begin);
  run.end = Math.max(run.end, other.end);
  endRun(run, other.status, other.statusAt);
  run.agent ??= other.agent;
  run.taskType ??= other.taskType;
  run.parentRunId ??= other.parentRunId;
  mergeSums(run.llm, other.llm);
  run.toolCalls += other.toolCalls;
  run.toolErrors += other.toolErrors;
  run.events += other.events;
  run.limitHits += other.limitHits;
  for (const step of other.open ?? []) beginStep(run, step);
  for (const step of other.ended ?? []) endStep(run, step, true);
}

/** The last word on how it ended counts. */
export function endRun(run: RunSums, status: RunStatus | null, at: number): void {
  if (status === null || at < run.statusAt) return;
  run.status = status;
  run.statusAt = at;
}

/** Keeps a step until it ends, unless it has; tells whether it is kept. */
export function beginStep(run: RunSums, step: number | string): boolean {
  if (run.ended?.delete(step) || run.open?.has(step)) return false;
  run.open ??= new Set();
  run.open.add(step);
  return true;
}

/** Takes out a step that began, or else keeps its end where that may come later; tells whether it began. */
export function endStep(run: RunSums, step: number | string, mayBeginLater: boolean): boolean {
  if (run.open?.delete(step)) return true;
  if (mayBeginLater) {
    run.ended ??= new Set();
    run.ended.add(step);
  }
  return false;
}

/** Calls of models and tools, and events. */
export function stepsOf({ llm, toolCalls, events }: RunSums): number {
  return llm.calls + toolCalls + events;
}

/** In milliseconds, to the microsecond; `null` where no time is known. */
export function durationOf({ begin, end }: RunSums): number | null {
  return end >= begin ? Math.round((end - begin) * 1e6) / 1e3 : null;
}
