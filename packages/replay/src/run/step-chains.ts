import type { StepRecord } from "@step-log/core";
import { textOf } from "./fields.ts";
import { MutableStep } from "./mutable-step.ts";

// A log may hold anything: both bound the time that a record takes, far above what is honest.
const MAX_CHAINS_A_WRITER = 64;
const MAX_SAME_NUMBER = 64;

/** The steps of one writer, as long as it does not begin to count anew. */
type Chain = {
  readonly id: number;
  readonly byNumber: Map<number, MutableStep>;
  /** When the writer was last heard of. */
  heard: Moment;
};

/** A moment in the life of a run: how many records had been read, and how many steps had ended. */
export interface Moment {
  readonly line: number;
  readonly ended: number;
}

/** Tells which records are of the same step. */
export class StepChains {
  readonly #byWriter = new Map<string, Chain[]>();
  readonly #all: Chain[] = [];

  /** The steps of a number that the writer of a record has, the latest ones first. */
  *sameNumber(record: StepRecord): Generator<MutableStep, void, void> {
    const chains = this.#byWriter.get(writerOf(record)) ?? [];
    for (let i = chains.length - 1; i >= 0; i--) {
      let step = chains[i]?.byNumber.get(record.step);
      for (let n = 0; step !== undefined && n < MAX_SAME_NUMBER; n++, step = step.next) yield step;
    }
  }

  /** Makes a step of a record, in a chain of its own where the writer had such a one before. */
  add(record: StepRecord, type: string, isRepeated: boolean): MutableStep {
    const writer = writerOf(record);
    const chains = this.#byWriter.get(writer) ?? [];
    if (chains.length === 0) this.#byWriter.set(writer, chains);
    let chain = chains.at(-1);
    if (chain === undefined || (isRepeated && chains.length < MAX_CHAINS_A_WRITER)) {
      chain = { id: this.#all.length, byNumber: new Map(), heard: { line: 0, ended: 0 } };
      chains.push(chain);
      this.#all.push(chain);
    }
    const step = new MutableStep(record, type, chain.id);
    const first = chain.byNumber.get(step.number);
    if (first === undefined) {
      chain.byNumber.set(step.number, step);
    } else {
      step.next = first.next;
      first.next = step;
    }
    return step;
  }

  /** Notes that the writer of a step was heard of. */
  hear(step: MutableStep, moment: Moment): void {
    const chain = this.#all[step.chain];
    if (chain !== undefined) chain.heard = moment;
  }

  /** When the writer of a step was last heard of. */
  lastHeard(step: MutableStep): Moment {
    return this.#all[step.chain]?.heard ?? { line: 0, ended: 0 };
  }

  /** The step of a number, of the same chain as another step if there is one, else of the first writer. */
  find(number: number, chain?: number): MutableStep | undefined {
    const own = chain === undefined ? undefined : this.#all[chain]?.byNumber.get(number);
    if (own !== undefined) return own;
    for (const first of this.#byWriter.get("") ?? []) {
      const step = first.byNumber.get(number);
      if (step !== undefined) return step;
    }
    if (chain === undefined) {
      for (const { byNumber } of this.#all.slice(0, MAX_CHAINS_A_WRITER)) {
        const step = byNumber.get(number);
        if (step !== undefined) return step;
      }
    }
    return undefined;
  }
}

/** The name of a writer, `""` for the first. */
function writerOf(record: StepRecord): string {
  return textOf(record, "writer") ?? "";
}
