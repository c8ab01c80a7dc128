import { OTHER } from "./bounded-name.ts";
import { boundedAt, tallyObject } from "./tally-map.ts";
import { isTokenLimit } from "./token-limit.ts";

interface Reason {
  calls: number;
  /** Whether it is a limit of tokens; of those that share a name each is asked by itself. */
  readonly isLimit: boolean | undefined;
}

/** Counts calls of models by why they stopped: 1,000 reasons and `(other)`. */
export class StopReasons {
  readonly #reasons: Map<string, Reason> = new Map();
  #tokenLimitCount = 0;

  /** How many of them a limit of tokens stopped. */
  get tokenLimitCount(): number {
    return this.#tokenLimitCount;
  }

  add(text: string): void {
    const reason = boundedAt(this.#reasons, text, begun);
    reason.calls += 1;
    if (reason.isLimit ?? isTokenLimit(text)) this.#tokenLimitCount += 1;
  }

  merge(other: StopReasons): void {
    for (const [name, { calls }] of other.#reasons)
      boundedAt(this.#reasons, name, begun).calls += calls;
    this.#tokenLimitCount += other.#tokenLimitCount;
  }

  counts(): Record<string, number> {
    return tallyObject(this.#reasons, ({ calls }) => calls);
  }
}

function begun(name: string): Reason {
  return { calls: 0, isLimit: name === OTHER ? undefined : isTokenLimit(name) };
}
