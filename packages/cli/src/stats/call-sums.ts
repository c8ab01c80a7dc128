import type { TokenCounts } from "@step-log/core";
import type { CallCost } from "@step-log/usage";

/** What calls came to. Plain data, that another thread can be given. */
export interface CallSums {
  calls: number;
  errors: number;
  /** Calls of models of which neither input nor output tokens are known. */
  withoutUsage: number;
  readonly tokens: { -readonly [Key in keyof TokenCounts]: number };
  /** US dollars of the calls that have a price. */
  usd: number;
  /** What rounding took from `usd`. */
  usdRest: number;
  /** What the cache spared, in US dollars. */
  saved: number;
  unpriced: number;
}

export function callSums(): CallSums {
  return {
    calls: 0,
    errors: 0,
    withoutUsage: 0,
    tokens: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, reasoning: 0 },
    usd: 0,
    usdRest: 0,
    saved: 0,
    unpriced: 0,
  };
}

/** What is added of a call of a model: NaN where a count is not known. */
export interface CallCounts extends TokenCounts {
  readonly isError: boolean;
}

/** Adds a call of a model. */
export function addCall(
  sums: CallSums,
  counts: CallCounts,
  { usd, usdWithoutCache }: CallCost,
): void {
  const { tokens } = sums;
  const { input, output, cacheRead, cacheWrite, reasoning } = counts;
  sums.calls++;
  if (counts.isError) sums.errors++;
  if (Number.isNaN(input) && Number.isNaN(output)) sums.withoutUsage++;
  tokens.input += known(input);
  tokens.output += known(output);
  tokens.cacheRead += known(cacheRead);
  tokens.cacheWrite += known(cacheWrite);
  tokens.reasoning += known(reasoning);
  if (usd === null) sums.unpriced++;
  else {
    addUsd(sums, usd);
    sums.saved += (usdWithoutCache ?? usd) - usd;
  }
}

export function mergeSums(sums: CallSums, other: CallSums): void {
  sums.calls += other.calls;
  sums.errors += other.errors;
  sums.withoutUsage += other.withoutUsage;
  sums.tokens.input += other.tokens.input;
  sums.tokens.output += other.tokens.output;
  sums.tokens.cacheRead += other.tokens.cacheRead;
  sums.tokens.cacheWrite += other.tokens.cacheWrite;
  sums.tokens.reasoning += other.tokens.reasoning;
  addUsd(sums, other.usd);
  sums.usdRest += other.usdRest;
  sums.saved += other.saved;
  sums.unpriced += other.unpriced;
}

/** US dollars; `null` where no call had a price, which is not the same as 0. */
export function usdOf({ calls, unpriced, usd, usdRest }: CallSums): number | null {
  return calls > 0 && calls === unpriced ? null : rounded(usd + usdRest);
}

/** What the cache spared, in US dollars; below 0 where it did not pay. */
export function savedOf({ saved }: CallSums): number {
  return rounded(saved);
}

// Sums of other parts in another order differ in the last of 16 digits, and answers should not.
function rounded(usd: number): number {
  return Number(usd.toPrecision(12));
}

/** Without drifting, in whatever order (Neumaier, 1974). */
function addUsd(sums: CallSums, amount: number): void {
  const sum = sums.usd + amount;
  sums.usdRest +=
    Math.abs(sums.usd) >= Math.abs(amount) ? sums.usd - sum + amount : amount - sum + sums.usd;
  sums.usd = sum;
}

function known(count: number): number {
  return Number.isNaN(count) ? 0 : count;
}
