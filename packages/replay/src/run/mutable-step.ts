import type { StepRecord, StepStartRecord } from "@step-log/core";
import { amountOf, fieldOf, textOf } from "./fields.ts";
import type { ReplayStep, StepState } from "./replay-step.ts";

/** A step while its run is being read. */
export class MutableStep implements ReplayStep {
  index = -1;
  state: StepState = "unfinished";
  start: StepStartRecord | null = null;
  startedAt: number;
  endedAt: number | null = null;
  durationMs: number | null = null;
  record: StepRecord;
  name: string | null;
  readonly number: number;
  readonly writer: string | undefined;
  readonly type: string;
  /** The writer, and how often it had begun to count anew. */
  readonly chain: number;
  /** How many records had been read when the first of it was. */
  line = 0;
  /** How many steps had ended when this one began. */
  endedBefore = 0;
  /** Its place among the steps that have ended. */
  endPosition: number = Number.POSITIVE_INFINITY;
  /** The next step of its writer that has the same number. */
  next: MutableStep | undefined;

  constructor(record: StepRecord, type: string, chain: number) {
    this.record = record;
    this.type = type;
    this.chain = chain;
    this.number = record.step;
    this.writer = textOf(record, "writer") ?? undefined;
    this.name = nameOf(record);
    this.startedAt = record.ts;
  }

  end(record: StepRecord): void {
    this.record = record;
    this.name = nameOf(record) ?? this.name;
    this.state = hasFailed(record) ? "failed" : "done";
    this.endedAt = record.ts;
    this.durationMs = amountOf(record, "duration_ms");
    // The clock may have been set meanwhile, so the duration counts and not when the start was written.
    this.startedAt = record.ts - (this.durationMs ?? 0) / 1000;
    if (this.durationMs === null && this.start !== null) {
      this.startedAt = Math.min(this.start.ts, record.ts);
    }
  }
}

function nameOf(record: StepRecord): string | null {
  return textOf(record, "tool") ?? textOf(record, "model") ?? textOf(record, "name");
}

function hasFailed(record: StepRecord): boolean {
  const error = fieldOf(record, "error");
  return (error !== undefined && error !== null) || fieldOf(record, "status") === "error";
}
