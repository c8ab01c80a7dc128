import type { StepRecord, StepStartRecord, WireCallRecord } from "@step-log/core";
import { amountOf, fieldOf, textOf } from "./fields.ts";
import type { MutableStep } from "./mutable-step.ts";
import { countBelow } from "./run-index.ts";
import { StepChains } from "./step-chains.ts";
import { inOrder } from "./step-order.ts";
import { WireCalls } from "./wire-calls.ts";

// `ts` and `duration_ms` are of two clocks, each rounded to a millisecond or so.
const CLOCK_TOLERANCE_S = 0.002;

/** Puts the records of a run together to steps, one by one, as they are read. */
export class RunSteps {
  /** Steps that have ended, in the order in which they did. */
  readonly ended: MutableStep[] = [];
  duplicates = 0;
  readonly #begun: MutableStep[] = [];
  readonly #chains = new StepChains();
  readonly #wire = new WireCalls();
  /** For each step that has ended, the latest time at which one had until then. */
  readonly #latestEnds: number[] = [];
  #ordered: MutableStep[] | undefined = [];
  #areLinked = true;
  #line = 0;

  /** Takes the next record; gives the step that it is of, unless it had been read before. */
  add(record: StepRecord): MutableStep | undefined {
    this.#line++;
    const step = this.#stepOf(record);
    if (step === undefined) this.duplicates++;
    else this.#chains.hear(step, { line: this.#line, ended: this.ended.length });
    return step;
  }

  /** All steps, in the order in which they began. */
  inOrder(): readonly MutableStep[] {
    this.#link();
    if (this.#ordered === undefined) {
      this.#ordered = inOrder([...this.#begun, ...this.#wire.loose]);
      for (const [index, step] of this.#ordered.entries()) step.index = index;
    }
    return this.#ordered;
  }

  /** The step of a number; one of the same writer as `beside` goes before those of others. */
  find(number: number, beside?: MutableStep): MutableStep | undefined {
    return this.#chains.find(number, beside?.chain);
  }

  /** What went over the wire within a step. */
  wireCallsOf(step: MutableStep): readonly WireCallRecord[] {
    this.#link();
    return this.#wire.of(step);
  }

  get hasWireCalls(): boolean {
    return this.#wire.count > 0;
  }

  /** How many steps had ended when one did, or when its writer, which may have died, was last heard of. */
  endOf(step: MutableStep): number {
    return step.state === "unfinished" ? this.#chains.lastHeard(step).ended : step.endPosition;
  }

  /** Tells whether a step had not ended when a later one began. */
  wasRunning(step: MutableStep, later: MutableStep): boolean {
    if (step.state !== "unfinished") return step.endPosition >= later.endedBefore;
    return this.#chains.lastHeard(step).line >= later.line;
  }

  /** The step inside which one ran. It began before, so that nothing is inside itself. */
  parentOf(step: MutableStep): MutableStep | undefined {
    // The header of a run names a step of another run.
    const number = step.type === "run_start" ? null : amountOf(step.record, "parent_step");
    const parent = number === null ? undefined : this.#chains.find(number, step.chain);
    this.inOrder(); // so that places are known
    return parent !== undefined && parent.index < step.index ? parent : undefined;
  }

  #stepOf(record: StepRecord): MutableStep | undefined {
    if (record.type === "step_start") return this.#begin(record);
    if (record.type === "wire_call") return this.#exchange(record);
    let isRepeated = false;
    for (const step of this.#chains.sameNumber(record)) {
      if (step.type !== record.type) continue;
      if (step.state === "unfinished") return this.#end(step, record);
      if (step.record.ts === record.ts) return undefined;
      isRepeated = true;
    }
    const step = this.#chains.add(record, record.type, isRepeated);
    step.end(record);
    step.endedBefore = countBelow(this.#latestEnds, step.startedAt + CLOCK_TOLERANCE_S);
    this.#push(step);
    return this.#end(step, record);
  }

  #begin(record: StepStartRecord): MutableStep | undefined {
    const type = textOf(record, "of") ?? record.type;
    let isRepeated = false;
    for (const step of this.#chains.sameNumber(record)) {
      if (step.type !== type) continue;
      if (step.start !== null ? step.start.ts === record.ts : step.record.ts >= record.ts) {
        const isNew = step.start === null; // its end was read first, from another file say
        step.start ??= record;
        return isNew ? step : undefined;
      }
      isRepeated = true;
    }
    const step = this.#chains.add(record, type, isRepeated);
    step.start = record;
    // Lines stand in the order in which things happened, so no clock is needed.
    step.endedBefore = this.ended.length;
    this.#push(step);
    return step;
  }

  #end(step: MutableStep, record: StepRecord): MutableStep {
    step.end(record);
    step.endPosition = this.ended.length;
    this.ended.push(step);
    this.#latestEnds.push(Math.max(this.#latestEnds.at(-1) ?? Number.NEGATIVE_INFINITY, record.ts));
    return step;
  }

  #exchange(record: WireCallRecord): MutableStep | undefined {
    const parent = this.#callerOf(record);
    if (!this.#wire.add(record, parent)) return undefined;
    if (parent !== undefined) return parent;
    const step = this.#wire.addLoose(record);
    step.endedBefore = countBelow(this.#latestEnds, step.startedAt + CLOCK_TOLERANCE_S);
    step.endPosition = this.ended.length;
    step.line = this.#line;
    this.#ordered = undefined;
    return step;
  }

  /** The step that made an exchange. */
  #callerOf(record: WireCallRecord): MutableStep | undefined {
    const number = amountOf(record, "parent_step");
    return number === null ? undefined : this.#chains.find(number);
  }

  #link(): void {
    if (this.#areLinked) return;
    this.#areLinked = true;
    if (this.#wire.link((record) => this.#callerOf(record))) this.#ordered = undefined;
  }

  #push(step: MutableStep): void {
    step.line = this.#line;
    this.#begun.push(step);
    if (this.#wire.loose.length > 0) this.#areLinked = false;
    const ordered = this.#ordered;
    const last = ordered?.at(-1);
    const isNext = last === undefined || (last.chain === step.chain && last.number <= step.number);
    if (ordered === undefined || !isNext) {
      this.#ordered = undefined;
      return;
    }
    step.index = ordered.length;
    ordered.push(step);
  }
}

/** Tells whether a value has what each record has: a source may be a stranger's. */
export function isRecord(value: unknown): value is StepRecord {
  if (typeof value !== "object" || value === null) return false;
  const [step, ts] = [fieldOf(value, "step"), fieldOf(value, "ts")];
  return (
    textOf(value, "run_id") !== null &&
    textOf(value, "type") !== null &&
    Number.isSafeInteger(step) &&
    Number.isFinite(ts)
  );
}
