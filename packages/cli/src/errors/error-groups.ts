import type { ErrorFrame, StepRecord } from "@step-log/core";
import { countedAs, type Failure, type FailureKind, failureOf } from "./failure.ts";
import { foldMessage } from "./fold-message.ts";

/** What errors are put together by. */
export type GroupBy = "error" | "tool" | "type" | "message";

/** Errors that are taken for the same. */
export interface ErrorGroup {
  /** `null` where a group has several of it. */
  readonly kind: FailureKind | null;
  readonly name: string | null;
  readonly errorType: string | null;
  readonly message: string | null;
  readonly count: number;
  /** Runs that have one. */
  readonly runs: number;
  /** Whether there may be more runs than that. */
  readonly runsAtLeast: boolean;
  /** Of how many calls of the same tool, model, or runs that ended; `null` where they are of several. */
  readonly calls: number | null;
  readonly firstAt: number;
  readonly lastAt: number;
  /** The one that came last. */
  readonly example: {
    readonly runId: string;
    readonly step: number;
    readonly message: string;
    readonly frames: readonly ErrorFrame[];
  };
}

// Beyond this many, errors are counted in one group for all the others.
const MAX_GROUPS = 1_000;
const MAX_NAMES = 10_000;
// About 150 bytes each.
const MAX_RUN_MARKS = 500_000;
const MAX_MESSAGE = 2_000;
const OTHER = "(other)";

/** Groups errors, in memory that does not grow with the log. */
export class ErrorGroups {
  readonly #by: GroupBy;
  readonly #groups = new Map<string, Group>();
  /** Calls by kind and name. */
  readonly #calls = new Map<string, number>();
  #runMarks = 0;
  #errorCount = 0;

  constructor(by: GroupBy = "error") {
    this.#by = by;
  }

  /** Errors that were added. */
  get errorCount(): number {
    return this.#errorCount;
  }

  add(record: StepRecord): void {
    const counted = countedAs(record);
    if (counted === undefined) return;
    this.countCall(counted.kind, counted.name);
    this.addFailure(record);
  }

  /** Counts a call, or a run that ended, whether it failed or not. */
  countCall(kind: FailureKind, name: string | null): void {
    const callsOf = keyOfCalls(kind, name);
    const calls = this.#calls.get(callsOf);
    if (calls !== undefined || this.#calls.size < MAX_NAMES) {
      this.#calls.set(callsOf, (calls ?? 0) + 1);
    }
  }

  /** Adds what failed, which was counted before; nothing where it has not failed. */
  addFailure(record: StepRecord): void {
    const failure = failureOf(record);
    if (failure === undefined) return;
    this.#errorCount++;
    const callsOf = keyOfCalls(failure.kind, failure.name);
    this.#groupOf(failure).add(record, failure, callsOf, () => this.#markRun());
  }

  /** The groups, the largest first. */
  groups(): readonly ErrorGroup[] {
    return [...this.#groups.values()]
      .map((group) => group.finished(this.#calls))
      .sort((a, b) => b.count - a.count || b.lastAt - a.lastAt);
  }

  #groupOf(failure: Failure): Group {
    const folded = this.#by === "tool" || this.#by === "type" ? null : foldMessage(failure.message);
    const key = JSON.stringify(keyOf(this.#by, failure, folded));
    const known = this.#groups.get(key);
    if (known !== undefined) return known;
    if (this.#groups.size < MAX_GROUPS) return this.#begin(key, folded);
    return this.#groups.get(OTHER) ?? this.#begin(OTHER, OTHER);
  }

  #begin(key: string, folded: string | null): Group {
    const group = new Group(folded);
    this.#groups.set(key, group);
    return group;
  }

  #markRun(): boolean {
    return ++this.#runMarks <= MAX_RUN_MARKS;
  }
}

function keyOfCalls(kind: FailureKind, name: string | null): string {
  return `${kind} ${name ?? ""}`;
}

function keyOf(by: GroupBy, { kind, name, type }: Failure, folded: string | null): unknown {
  switch (by) {
    case "tool":
      return [kind, name];
    case "type":
      return [type];
    case "message":
      return [folded];
    case "error":
      return [kind, name, type, folded];
  }
}

const SEVERAL = Symbol("several");
type One<T> = T | null | typeof SEVERAL | undefined;

class Group {
  readonly #folded: string | null;
  readonly #runs = new Set<string>();
  #kind: One<FailureKind>;
  #name: One<string>;
  #type: One<string>;
  #callsOf: One<string>;
  #lastRun: string | undefined;
  #runsAtLeast = false;
  #count = 0;
  #firstAt = Number.POSITIVE_INFINITY;
  #lastAt = Number.NEGATIVE_INFINITY;
  #example: ErrorGroup["example"] | undefined;

  constructor(folded: string | null) {
    this.#folded = folded;
  }

  add(record: StepRecord, failure: Failure, callsOf: string, markRun: () => boolean): void {
    const { run_id: runId, step, ts } = record;
    this.#count++;
    this.#kind = merged(this.#kind, failure.kind);
    this.#name = merged(this.#name, failure.name);
    this.#type = merged(this.#type, failure.type);
    this.#callsOf = merged(this.#callsOf, callsOf);
    if (this.#lastRun !== runId && !this.#runs.has(runId)) {
      if (markRun()) this.#runs.add(runId);
      else this.#runsAtLeast = true;
    }
    this.#lastRun = runId;
    this.#firstAt = Math.min(this.#firstAt, ts);
    if (ts < this.#lastAt) return;
    this.#lastAt = ts;
    const message = failure.message.slice(0, MAX_MESSAGE);
    this.#example = { runId, step, message, frames: failure.frames };
  }

  finished(calls: ReadonlyMap<string, number>): ErrorGroup {
    const example = this.#example ?? { runId: "", step: 0, message: "", frames: [] };
    return {
      kind: single(this.#kind),
      name: single(this.#name),
      errorType: single(this.#type),
      message: this.#folded,
      count: this.#count,
      runs: this.#runs.size,
      runsAtLeast: this.#runsAtLeast,
      calls: calls.get(single(this.#callsOf) ?? "") ?? null,
      firstAt: this.#firstAt,
      lastAt: this.#lastAt,
      example,
    };
  }
}

function merged<T>(before: One<T>, next: T | null): One<T> {
  return before === undefined || before === next ? next : SEVERAL;
}

function single<T>(one: One<T>): T | null {
  return one === SEVERAL || one === undefined ? null : one;
}
