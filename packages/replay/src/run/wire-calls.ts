import type { WireCallRecord } from "@step-log/core";
import { amountOf, textOf } from "./fields.ts";
import { MutableStep } from "./mutable-step.ts";

/** The HTTP exchanges of a run, each with the step that made it. */
export class WireCalls {
  readonly #byStep = new Map<MutableStep, WireCallRecord[]>();
  readonly #seen = new Set<string>();
  readonly #chains = new Map<string, number>();
  /** Those whose step has not been read, if there is one. */
  #loose: MutableStep[] = [];

  /** Takes an exchange; `undefined` where it had been read before. */
  add(record: WireCallRecord): MutableStep | undefined {
    const writer = textOf(record, "writer") ?? "";
    const key = `${record.step} ${record.ts} ${writer}`;
    if (this.#seen.has(key)) return undefined;
    this.#seen.add(key);
    // Below 0, where no writer of steps has its own.
    const chain = this.#chains.get(writer) ?? -1 - this.#chains.size;
    this.#chains.set(writer, chain);
    const step = new MutableStep(record, "wire_call", chain);
    step.end(record);
    this.#loose.push(step);
    return step;
  }

  /** Gives exchanges to the steps that made them; tells how many that were. */
  link(find: (number: number) => MutableStep | undefined): number {
    const before = this.#loose.length;
    this.#loose = this.#loose.filter((wire) => {
      const number = amountOf(wire.record, "parent_step");
      const step = number === null ? undefined : find(number);
      if (step === undefined) return true;
      const calls = this.#byStep.get(step);
      if (calls === undefined) this.#byStep.set(step, [wire.record as WireCallRecord]);
      else calls.push(wire.record as WireCallRecord);
      return false;
    });
    return before - this.#loose.length;
  }

  get count(): number {
    return this.#seen.size;
  }

  of(step: MutableStep): readonly WireCallRecord[] {
    return this.#byStep.get(step) ?? [];
  }

  /** Those of no step, which are steps of their own. */
  get loose(): readonly MutableStep[] {
    return this.#loose;
  }
}
