import type { TokenCounts } from "@step-log/core";
import type { CallCost } from "../price/call-cost.ts";
import { countOf, keyOf, type Untrusted } from "../untrusted.ts";
import { BoundedMap } from "./bounded-map.ts";
import type { CallCosts, CostSummary } from "./cost-summary.ts";
import { MoneySum } from "./money-sum.ts";

// In a program that names its models, one or two are not on the list; in all, 100 are told apart.
const MAX_UNPRICED = 100;

/** Adds up calls of models: all of them, or those of one run, model, day. */
export class CostTally {
  readonly #all: CallTally = new CallTally();
  readonly #failed: CallTally = new CallTally();
  readonly #retried: CallTally = new CallTally();
  readonly #withoutCache: MoneySum = new MoneySum();
  readonly #tokens = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, reasoning: 0 };
  // Most tallies need none.
  #unpriced: Unpriced | undefined;

  add(record: Untrusted, { usd, usdWithoutCache, reason }: CallCost): void {
    this.#all.add(usd);
    if ((record["error"] ?? null) !== null) this.#failed.add(usd);
    if (countOf(record["attempt"]) > 1) this.#retried.add(usd);
    this.#withoutCache.add(usdWithoutCache ?? 0);
    this.#tokens.input += countOf(record["input_tokens"]);
    this.#tokens.output += countOf(record["output_tokens"]);
    this.#tokens.cacheRead += countOf(record["cache_read_tokens"]);
    this.#tokens.cacheWrite += countOf(record["cache_write_tokens"]);
    this.#tokens.reasoning += countOf(record["reasoning_tokens"]);
    if (reason !== null) {
      const { models, reasons } = this.#unpricedMaps();
      models.update(keyOf(record["model"]), (calls) => calls + 1);
      reasons.update(reason, (calls) => calls + 1);
    }
  }

  merge(other: CostTally): void {
    this.#all.merge(other.#all);
    this.#failed.merge(other.#failed);
    this.#retried.merge(other.#retried);
    this.#withoutCache.merge(other.#withoutCache);
    for (const key of TOKEN_KEYS) this.#tokens[key] += other.#tokens[key];
    if (other.#unpriced === undefined) return;
    const { models, reasons } = this.#unpricedMaps();
    for (const [model, count] of other.#unpriced.models) models.update(model, (it) => it + count);
    for (const [reason, count] of other.#unpriced.reasons)
      reasons.update(reason, (it) => it + count);
  }

  summary(): CostSummary {
    return {
      ...this.#all.costs(),
      unpricedModels: this.#unpriced?.models.toObject((calls) => calls) ?? Object.create(null),
      unpricedReasons: this.#unpriced?.reasons.toObject((calls) => calls) ?? Object.create(null),
      tokens: { ...this.#tokens },
      cacheSavingsUsd: this.#withoutCache.value - this.#all.usd.value,
      failed: this.#failed.costs(),
      retried: this.#retried.costs(),
    };
  }

  #unpricedMaps(): Unpriced {
    this.#unpriced ??= {
      models: new BoundedMap(MAX_UNPRICED, () => 0),
      reasons: new BoundedMap(MAX_UNPRICED, () => 0),
    };
    return this.#unpriced;
  }
}

/** Calls without a price, by model and by reason. */
interface Unpriced {
  readonly models: BoundedMap<number>;
  readonly reasons: BoundedMap<number>;
}

const TOKEN_KEYS = [
  "input",
  "output",
  "cacheRead",
  "cacheWrite",
  "reasoning",
] as const satisfies readonly (keyof TokenCounts)[];

class CallTally {
  readonly usd: MoneySum = new MoneySum();
  #calls = 0;
  #unpriced = 0;

  add(usd: number | null): void {
    this.#calls += 1;
    if (usd === null) this.#unpriced += 1;
    else this.usd.add(usd);
  }

  merge(other: CallTally): void {
    this.#calls += other.#calls;
    this.#unpriced += other.#unpriced;
    this.usd.merge(other.usd);
  }

  costs(): CallCosts {
    const isUnknown = this.#calls > 0 && this.#unpriced === this.#calls;
    return {
      calls: this.#calls,
      totalUsd: isUnknown ? null : this.usd.value,
      unpricedCalls: this.#unpriced,
    };
  }
}
