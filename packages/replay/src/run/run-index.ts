import type { MutableStep } from "./mutable-step.ts";
import { type CostFunction, RunningTotals, type StepTotals } from "./running-totals.ts";

/** Answers what a run had come to after any number of its steps, in time that does not depend on it. */
export class RunIndex {
  readonly #totals: RunningTotals;
  // Places among the steps that have ended, rising.
  readonly #failed: number[] = [];
  readonly #byTool = new Map<string, number[]>();

  constructor(costOf: CostFunction | undefined) {
    this.#totals = new RunningTotals(costOf);
  }

  /** Takes the next step that has ended. */
  add(step: MutableStep): void {
    this.#totals.add(step);
    if (step.state === "failed") this.#failed.push(step.endPosition);
    if (step.type !== "tool_call" || step.name === null) return;
    const calls = this.#byTool.get(step.name);
    if (calls === undefined) this.#byTool.set(step.name, [step.endPosition]);
    else calls.push(step.endPosition);
  }

  totals(ended: number): StepTotals {
    return this.#totals.after(ended);
  }

  toolCalls(ended: number): Map<string, number> {
    const counts = new Map<string, number>();
    for (const [tool, places] of this.#byTool) {
      const count = countBelow(places, ended);
      if (count > 0) counts.set(tool, count);
    }
    return counts;
  }

  /** Places of the steps that have failed. */
  get failed(): readonly number[] {
    return this.#failed;
  }

  lastFailed(ended: number): number | undefined {
    return this.#failed[countBelow(this.#failed, ended) - 1];
  }
}

/** How many of rising numbers are below a limit. */
export function countBelow(rising: readonly number[], limit: number): number {
  let [low, high] = [0, rising.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((rising[middle] ?? 0) < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
