import type { TokenCounts } from "@step-log/core";

/** What some calls of models cost. */
export interface CallCosts {
  readonly calls: number;
  /**
   * US dollars of the calls whose price is known: all but `unpricedCalls`. `null` where it is known of
   * none; 0 where there was no call, or all were free.
   */
  readonly totalUsd: number | null;
  /** Calls whose price is not known, so that `totalUsd` is too low. */
  readonly unpricedCalls: number;
}

/** What calls of models cost, and why. The maps have no prototype, since their keys are data. */
export interface CostSummary extends CallCosts {
  /** Calls without a price by model, at most 100 and `(other)`. */
  readonly unpricedModels: Readonly<Record<string, number>>;
  /** Calls without a price by `UnpricedReason`. */
  readonly unpricedReasons: Readonly<Record<string, number>>;
  /** Sums of the token counts that are known, priced or not. */
  readonly tokens: TokenCounts;
  /** US dollars that the cache spared, less what writing to it took; below 0 where it did not pay. */
  readonly cacheSavingsUsd: number;
  /** Those that ended in an error. */
  readonly failed: CallCosts;
  /** Those with `attempt` above 1. */
  readonly retried: CallCosts;
}
