import type { WireCallRecord } from "@step-log/core";
import { textOf } from "./fields.ts";
import { MutableStep } from "./mutable-step.ts";

/** The HTTP exchanges of a run, each with the step that made it. */
export class WireCalls {
  readonly #byStep = new Map<MutableStep, WireCallRecord[]>();
  readonly #seen = new Set<string>();
  readonly #chains = new Map<string, number>();
  /** Those whose step has not been read, if there is one. */
  #loose: MutableStep[] = [];

  /** Takes an exchange, of a step if that is known; tells whether it had not been read before. */
  add(record: WireCallRecord, step: MutableStep | undefined): boolean {
    const key = `${record.step} ${record.ts} ${textOf(record, "writer") ?? ""}`;
    if (this.#seen.has(key)) return false;
    this.#seen.add(key);
    if (step !== undefined) this.#give(record, step);
    return true;
  }

  /** Keeps an exchange of no step that is known, as a step of its own. */
  addLoose(record: WireCallRecord): MutableStep {
    const writer = textOf(record, "writer") ?? "";
    // Below 0, where no writer of steps has its own.
    const chain = this.#chains.get(writer) ?? -1 - this.#chains.size;
    this.#chains.set(writer, chain);
    const step = new MutableStep(record, "wire_call", chain);
    step.end(record);
    this.#loose.push(step);
    return step;
  }

  /** Gives exchanges to steps that became known since; tells whether there were any. */
  link(find: (record: WireCallRecord) => MutableStep | undefined): boolean {
    const before = this.#loose.length;
    this.#loose = this.#loose.filter((loose) => {
      const record = loose.record as WireCallRecord;
      const step = find(record);
      if (step !== undefined) this.#give(record, step);
      return step === undefined;
    });
    return this.#loose.length < before;
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

  #give(record: WireCallRecord, step: MutableStep): void {
    const calls = this.#byStep.get(step);
    if (calls === undefined) this.#byStep.set(step, [record]);
    else calls.push(record);
  }
}
