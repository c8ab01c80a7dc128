import type { CallCost } from "../price/call-cost.ts";
import { keyOf, nameOf, OTHER, UNKNOWN, type Untrusted } from "../untrusted.ts";
import { BoundedMap } from "./bounded-map.ts";
import type { CostSummary } from "./cost-summary.ts";
import { CostTally } from "./cost-tally.ts";
import { type InputGrowth, InputGrowthTally } from "./input-growth.ts";
import { RecentMap } from "./recent-map.ts";

/** What one run cost: its own calls, and how its input grew. */
export interface RunCost extends CostSummary {
  readonly parentRunId: string | null;
  /** As its `run_start` says, else as that of the nearest run above it does, up to 100 levels. */
  readonly taskType: string | null;
  /** The same with all runs below it, each counted once. */
  readonly withChildren: CostSummary;
  readonly inputGrowth: InputGrowth;
}

/** Costs by run, and by the task that runs are for. */
export interface RunCosts {
  readonly byRun: Readonly<Record<string, RunCost>>;
  readonly byTaskType: Readonly<Record<string, CostSummary>>;
  /** Runs that are summed up in `(other)`. */
  readonly foldedRuns: number;
}

const MAX_TASK_TYPES = 1000;

// Sub-agents lie a few levels deep; it bounds what runs cost that name each other in a circle.
const MAX_LEVELS = 100;

/** Adds up calls by run, as many as there is room for; those that were heard of longest ago go into one. */
export class RunTallies {
  readonly #runs: RecentMap<Run>;
  readonly #folded: Run = newRun();
  readonly #foldedByTaskType: BoundedMap<CostTally> = taskTypes();
  #foldedRuns = 0;

  constructor(maxRuns: number) {
    this.#runs = new RecentMap(maxRuns, newRun, (_, run) => {
      this.#foldedRuns += 1;
      this.#folded.tally.merge(run.tally);
      this.#foldedByTaskType.at(keyOf(this.#taskTypeOf(run))).merge(run.tally);
    });
  }

  start(record: Untrusted): void {
    const runId = keyOf(record["run_id"]);
    if (runId === OTHER) return;
    const run = this.#runs.at(runId);
    run.parentRunId = nameOf(record["parent_run_id"]) ?? run.parentRunId;
    run.taskType = nameOf(record["task_type"]) ?? run.taskType;
  }

  add(record: Untrusted, cost: CallCost): void {
    const runId = keyOf(record["run_id"]);
    const run = runId === OTHER ? this.#folded : this.#runs.at(runId);
    run.tally.add(record, cost);
    run.growth.add(record);
    if (runId === OTHER) this.#foldedByTaskType.at(UNKNOWN).add(record, cost);
  }

  costs(): RunCosts {
    const withChildren = this.#withChildren();
    const byRun: Record<string, RunCost> = Object.create(null);
    const byTaskType = taskTypes();
    for (const [taskType, tally] of this.#foldedByTaskType) byTaskType.at(taskType).merge(tally);
    for (const [runId, run] of this.#runs) {
      const taskType = this.#taskTypeOf(run);
      byTaskType.at(taskType ?? UNKNOWN).merge(run.tally);
      byRun[runId] = costOf(run, taskType ?? null, withChildren.get(run) ?? run.tally);
    }
    const other = costOf(this.#folded, null, this.#folded.tally);
    if (this.#foldedRuns > 0 || other.calls > 0) byRun[OTHER] = other;
    return {
      byRun,
      byTaskType: byTaskType.toObject((tally) => tally.summary()),
      foldedRuns: this.#foldedRuns,
    };
  }

  /** The sums of the runs that have others below them. */
  #withChildren(): Map<Run, CostTally> {
    const sums = new Map<Run, CostTally>();
    const children = new Map<Run, number>();
    for (const [, run] of this.#runs) {
      const parent = this.#parentOf(run);
      if (parent !== undefined) children.set(parent, (children.get(parent) ?? 0) + 1);
    }
    // From the leaves up: a run is added to the one above it once all of its own children have been
    // added to it. Runs that name each other in a circle are never at that point, and stay by themselves.
    const ready = [...this.#runs].map(([, run]) => run).filter((run) => !children.has(run));
    for (let run = ready.pop(); run !== undefined; run = ready.pop()) {
      const parent = this.#parentOf(run);
      if (parent === undefined) continue;
      const sum = sums.get(parent) ?? copyOf(parent.tally);
      sum.merge(sums.get(run) ?? run.tally);
      sums.set(parent, sum);
      const left = (children.get(parent) ?? 0) - 1;
      children.set(parent, left);
      if (left === 0) ready.push(parent);
    }
    return sums;
  }

  #taskTypeOf(run: Run): string | undefined {
    let at: Run | undefined = run;
    for (let level = 0; at !== undefined && level < MAX_LEVELS; level++) {
      if (at.taskType !== undefined) return at.taskType;
      at = this.#parentOf(at);
    }
    return undefined;
  }

  #parentOf({ parentRunId }: Run): Run | undefined {
    return parentRunId === undefined ? undefined : this.#runs.peek(parentRunId);
  }
}

interface Run {
  readonly tally: CostTally;
  readonly growth: InputGrowthTally;
  parentRunId: string | undefined;
  taskType: string | undefined;
}

function newRun(): Run {
  return {
    tally: new CostTally(),
    growth: new InputGrowthTally(),
    parentRunId: undefined,
    taskType: undefined,
  };
}

function taskTypes(): BoundedMap<CostTally> {
  return new BoundedMap(MAX_TASK_TYPES, () => new CostTally());
}

function copyOf(tally: CostTally): CostTally {
  const copy = new CostTally();
  copy.merge(tally);
  return copy;
}

function costOf(run: Run, taskType: string | null, withChildren: CostTally): RunCost {
  return {
    ...run.tally.summary(),
    parentRunId: run.parentRunId ?? null,
    taskType,
    withChildren: withChildren.summary(),
    inputGrowth: run.growth.growth(),
  };
}
