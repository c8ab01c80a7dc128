import type { StepRecord } from "@step-log/core";
import { StepSet, type Stretch } from "./step-set.ts";

/** Steps of which there is no record, although there are records of later ones. */
export interface StepGap {
  readonly runId: string;
  /** `null` for the first writer of the run. */
  readonly writer: string | null;
  /** The first number that is missing. */
  readonly from: number;
  /** The last one. */
  readonly to: number;
}

/** What is known of the steps of a log. */
export interface StepFindings {
  /** Runs that have a record. */
  readonly runs: number;
  /** Records of a step that had been recorded before, by the same writer of the same run. */
  readonly duplicates: number;
  /** Steps that are missing, those included that never ended and had no `step_start`. */
  readonly missingSteps: number;
  /** Where they are missing; the first 100 stretches. */
  readonly gaps: readonly StepGap[];
  /** Steps with a `step_start` and no end. */
  readonly unfinished: number;
  /** Records that were lost, as `log_dropped` tells. */
  readonly droppedCount: number;
  /** Whether all this is of a part of the runs only, since there were more than fit into memory. */
  readonly isPartial: boolean;
}

// The steps of a run, of one writer and without gaps, take about 600 bytes, a further stretch 16.
const MAX_WRITERS = 500_000;
const MAX_STRETCHES = 10_000_000;
const MAX_GAPS = 100;

interface Writer {
  readonly runId: string;
  readonly name: string | null;
  readonly begun: StepSet;
  readonly ended: StepSet;
}

/** Looks whether the steps of runs are all there, each once. */
export class StepAudit {
  /** By run, then by writer. */
  readonly #runs = new Map<string, Map<string | undefined, Writer>>();
  #writerCount = 0;
  #stretchCount = 0;
  #duplicates = 0;
  #droppedCount = 0;
  #isPartial = false;

  add(record: StepRecord): void {
    if (record.type === "log_dropped") {
      // Its own number is that of a step that was lost.
      if (Number.isSafeInteger(record.count)) this.#droppedCount += record.count;
      return;
    }
    const writer = this.#writerOf(record.run_id, record.writer);
    if (writer === undefined) return;
    const steps = record.type === "step_start" ? writer.begun : writer.ended;
    const before = steps.stretchCount;
    if (!steps.add(record.step)) this.#duplicates++;
    this.#stretchCount += steps.stretchCount - before;
  }

  findings(): StepFindings {
    const gaps: StepGap[] = [];
    let missingSteps = 0;
    let unfinished = 0;
    for (const writers of this.#runs.values()) {
      for (const { runId, name, begun, ended } of writers.values()) {
        const known = union(begun, ended);
        unfinished += sizeOf(known) - sizeOf(ended.stretches());
        for (const gap of gapsIn(known)) {
          missingSteps += sizeOf([gap]);
          if (gaps.length < MAX_GAPS) gaps.push({ runId, writer: name, ...gap });
        }
      }
    }
    return {
      runs: this.#runs.size,
      duplicates: this.#duplicates,
      missingSteps,
      gaps,
      unfinished,
      droppedCount: this.#droppedCount,
      isPartial: this.#isPartial,
    };
  }

  #writerOf(runId: string, name: unknown): Writer | undefined {
    const key = typeof name === "string" ? name : undefined;
    const known = this.#runs.get(runId)?.get(key);
    const isFull = this.#writerCount >= MAX_WRITERS || this.#stretchCount >= MAX_STRETCHES;
    if (isFull) this.#isPartial = true;
    if (known !== undefined) return this.#stretchCount < MAX_STRETCHES ? known : undefined;
    if (isFull) return undefined;
    const writer = { runId, name: key ?? null, begun: new StepSet(), ended: new StepSet() };
    const writers = this.#runs.get(runId) ?? new Map<string | undefined, Writer>();
    this.#runs.set(runId, writers.set(key, writer));
    this.#writerCount++;
    return writer;
  }
}

function union(a: StepSet, b: StepSet): Stretch[] {
  const all = [...a.stretches(), ...b.stretches()].sort((x, y) => x.from - y.from);
  const merged: Stretch[] = [];
  for (const stretch of all) {
    const last = merged.at(-1);
    if (last === undefined || stretch.from > last.to + 1) merged.push(stretch);
    else merged.splice(-1, 1, { from: last.from, to: Math.max(last.to, stretch.to) });
  }
  return merged;
}

/** Steps are numbered from 1; number 0 is the run's header, which need not be there. */
function* gapsIn(stretches: readonly Stretch[]): Generator<Stretch, void, void> {
  let next = 1;
  for (const { from, to } of stretches) {
    if (from > next) yield { from: next, to: from - 1 };
    next = to + 1;
  }
}

function sizeOf(stretches: Iterable<Stretch>): number {
  let size = 0;
  for (const { from, to } of stretches) size += to - from + 1;
  return size;
}
