import type { StepRecord, StepStartRecord } from "@step-log/core";

/** One step of a run: what its records say of it, put together. */
export interface ReplayStep {
  /** Its place among the steps of the run, in the order in which they began; the first has 0. */
  readonly index: number;
  /** Its number in the log. */
  readonly number: number;
  /** The writer that recorded it; the first one has no name. */
  readonly writer: string | undefined;
  /** `llm_call`, `tool_call`, …; of a call that never ended, what it would have been. */
  readonly type: string;
  /** The tool, the model, or the name of the event. */
  readonly name: string | null;
  readonly state: StepState;
  /** The finished step; of one that never ended, the `step_start`. */
  readonly record: StepRecord;
  /** What was written when it began, `null` where nothing was. */
  readonly start: StepStartRecord | null;
  /** Unix seconds. */
  readonly startedAt: number;
  /** Unix seconds, `null` where it never ended. */
  readonly endedAt: number | null;
  /** Milliseconds, `null` where they were not measured or it never ended. */
  readonly durationMs: number | null;
}

/** Whether a step was done, ended in an error, or never ended. */
export type StepState = "done" | "failed" | "unfinished";
