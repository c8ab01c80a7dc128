import {
  type BadLine,
  type ReadOptions,
  type Source,
  StepLogError,
  type StepRecord,
  Summarizer,
  type Summary,
  type WireCallRecord,
} from "@step-log/core";
import { contextOf } from "./read/context-of.ts";
import type { StepContext } from "./read/step-context.ts";
import { tokensOf } from "./read/tokens-of.ts";
import { topSteps } from "./read/top-steps.ts";
import type { MutableStep } from "./run/mutable-step.ts";
import type { ReplayStep } from "./run/replay-step.ts";
import { RunIndex } from "./run/run-index.ts";
import { isRecord, RunSteps } from "./run/run-steps.ts";
import type { CostFunction, StepTotals } from "./run/running-totals.ts";
import { type StepNode, stepTree } from "./tree/step-tree.ts";

/** Options of `Replay.open`. */
export interface ReplayOptions {
  /** Prices calls of models; `costOf` of `@step-log/usage` is one. Default: no costs. */
  readonly costOf?: CostFunction;
}

/** Chooses steps. */
export type StepPredicate = (step: ReplayStep) => boolean;

const DEFAULT_COUNT = 10;
// For a person to look at; the rest is counted.
const MAX_BAD_LINES = 1000;

/**
 * A recorded run, to step through.
 *
 * Steps come in the order in which they began, a call and its `step_start` as one. What went over the
 * wire within a step is found with that step, so that it takes no place of its own. The records of
 * the run are kept in memory.
 */
export class Replay {
  readonly runId: string;
  /** Lines that were no records, the first 1,000. */
  readonly badLines: readonly BadLine[];
  readonly #steps = new RunSteps();
  readonly #index: RunIndex;
  readonly #summarizer = new Summarizer();
  readonly #badLines: BadLine[] = [];
  #current: MutableStep | undefined;

  /** A run of which nothing has been read, for `follow`; else use `open`. */
  constructor(runId: string, options: ReplayOptions = {}) {
    const { costOf } = options;
    if (costOf !== undefined && typeof costOf !== "function") {
      throw new TypeError(`Replay: costOf must be a function, got ${typeof costOf}`);
    }
    this.runId = runId;
    this.badLines = this.#badLines;
    this.#index = new RunIndex(costOf);
  }

  /**
   * Reads a run to its end; of a source that follows there is none, see `follow`.
   *
   * @throws StepLogError `NOT_FOUND` when the source holds nothing of it, and what the source throws
   */
  static async open(
    source: Source,
    runId: string,
    options: ReplayOptions & ReadOptions = {},
  ): Promise<Replay> {
    const { signal, ...rest } = options;
    const replay = new Replay(runId, rest);
    for await (const record of source.read(runId, signal && { signal })) replay.#add(record);
    if (replay.length > 0) return replay;
    const message = `no records of run ${runId} in this source`;
    throw new StepLogError("NOT_FOUND", message, { details: { runId } });
  }

  /** Takes the records of one run from memory; the first one tells which it is. */
  static of(records: Iterable<StepRecord | BadLine>, options?: ReplayOptions): Replay {
    const all = [...records];
    const first = all.find(isRecord);
    const replay = new Replay(first?.run_id ?? "", options);
    for (const record of all) {
      if (!isRecord(record) || record.run_id === replay.runId) replay.#add(record);
    }
    return replay;
  }

  /**
   * Reads on, or from the beginning, with a source that follows: gives each step as it begins, when it
   * has ended, and when something went over the wire in it. What was read before is passed over.
   *
   * Goes on until it is left or the signal is aborted, also after `run_end`, since a run may be resumed.
   */
  async *follow(source: Source, options: ReadOptions = {}): AsyncGenerator<ReplayStep, void, void> {
    for await (const record of source.read(this.runId, options)) {
      const step = this.#add(record);
      if (step !== undefined) yield step;
    }
  }

  /** All steps, in the order in which they began. */
  get steps(): readonly ReplayStep[] {
    return this.#steps.inOrder();
  }

  get length(): number {
    return this.steps.length;
  }

  /** The step at a place, from 0; -1 is the last. */
  at(n: number): ReplayStep | undefined {
    return this.steps.at(n);
  }

  /** The step that has a number in the log, of the first writer unless another is named. */
  byNumber(number: number, writer?: string): ReplayStep | undefined {
    if (writer === undefined) return this.#steps.find(number);
    return this.steps.find((step) => step.number === number && step.writer === writer);
  }

  /** The step that the cursor is at, the first one to begin with. */
  get current(): ReplayStep | undefined {
    return this.#current ?? this.steps[0];
  }

  /** Puts the cursor at a place; where there is no step, it stays. */
  seek(n: number): ReplayStep | undefined {
    return this.#moveTo(this.at(n));
  }

  /** Moves to the next step, or the next one of a kind; `undefined` where there is none. */
  next(predicate: StepPredicate = () => true): ReplayStep | undefined {
    return this.#moveTo(this.find(predicate, (this.current?.index ?? -1) + 1));
  }

  /** Moves to the step before, or the last one before of a kind; `undefined` where there is none. */
  previous(predicate: StepPredicate = () => true): ReplayStep | undefined {
    return this.#moveTo(this.findLast(predicate, (this.current?.index ?? 0) - 1));
  }

  /** The first step of a kind, from a place on. */
  find(predicate: StepPredicate, from: number = 0): ReplayStep | undefined {
    const { steps } = this;
    for (let i = Math.max(0, from); i < steps.length; i++) {
      const step = steps[i];
      if (step !== undefined && predicate(step)) return step;
    }
    return undefined;
  }

  /** The last step of a kind, up to a place. */
  findLast(
    predicate: StepPredicate,
    from: number = Number.POSITIVE_INFINITY,
  ): ReplayStep | undefined {
    const { steps } = this;
    for (let i = Math.min(steps.length - 1, from); i >= 0; i--) {
      const step = steps[i];
      if (step !== undefined && predicate(step)) return step;
    }
    return undefined;
  }

  /** The steps that failed, in the order in which they did: a call before that which it was part of. */
  errors(): readonly ReplayStep[] {
    return this.#index.failed.flatMap((place) => this.#steps.ended[place] ?? []);
  }

  /** What failed first, `undefined` where nothing did. */
  firstError(): ReplayStep | undefined {
    return this.#steps.ended[this.#index.failed[0] ?? -1];
  }

  /** Calls that began and never ended: what the agent was doing when it died. */
  unfinished(): readonly ReplayStep[] {
    return this.steps.filter((step) => step.state === "unfinished");
  }

  /** The steps that took longest, longest first. */
  slowest(count: number = DEFAULT_COUNT): readonly ReplayStep[] {
    return topSteps(this.steps, count, (step) => step.durationMs);
  }

  /** The calls of models that took the most tokens, input and output, most first. */
  heaviest(count: number = DEFAULT_COUNT): readonly ReplayStep[] {
    return topSteps(this.steps, count, tokensOf);
  }

  /** Where time and tokens went, by model and by tool, with percentiles. */
  summary(): Summary {
    return this.#summarizer.summary();
  }

  /** What all steps that have ended came to. */
  totals(): StepTotals {
    return this.#index.totals(this.#steps.ended.length);
  }

  /** What the agent had done, spent and seen when a step began; `undefined` where there is no such step. */
  contextAt(n: number): StepContext | undefined {
    const step = this.#steps.inOrder().at(n);
    return step && contextOf(step, this.#steps, this.#index);
  }

  /** What went over the wire within a step, as `@step-log/tap` recorded it. */
  wireCallsOf(step: ReplayStep): readonly WireCallRecord[] {
    return this.#steps.wireCallsOf(step as MutableStep);
  }

  /** The step inside which one ran. */
  parentOf(step: ReplayStep): ReplayStep | undefined {
    return this.#steps.parentOf(step as MutableStep);
  }

  /** The steps, each with those that ran inside it. */
  tree(): readonly StepNode[] {
    return stepTree(this.#steps);
  }

  /** Records that were read twice, and count once. */
  get duplicates(): number {
    return this.#steps.duplicates;
  }

  #add(record: StepRecord | BadLine): MutableStep | undefined {
    if (!isRecord(record) || (record as { type: string }).type === "bad_line") {
      this.#summarizer.add(record);
      if (this.#badLines.length < MAX_BAD_LINES) this.#badLines.push(record as BadLine);
      return undefined;
    }
    const ended = this.#steps.ended.length;
    const step = this.#steps.add(record);
    if (step === undefined) return undefined;
    this.#summarizer.add(record);
    if (this.#steps.ended.length > ended) this.#index.add(step);
    return step;
  }

  #moveTo(step: ReplayStep | undefined): ReplayStep | undefined {
    if (step !== undefined) this.#current = step as MutableStep;
    return step;
  }
}
