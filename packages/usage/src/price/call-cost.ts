/**
 * Why a call has no price:
 *
 * - `no_model`: the record names none, or one of more than 512 characters
 * - `unknown_model`: neither the own prices nor the list have it
 * - `no_rate`: the list has it, without a rate for tokens (a price by the hour or the page, or none at all)
 * - `no_usage`: tokens are not known
 * - `bad_usage`: they cannot be: negative, no whole number, more from the cache than there was input
 * - `unknown_tier`: the call was served in a tier (`priority`) whose price is not known
 * - `no_time`: the price depends on the time, and that of the record is not known
 */
export type UnpricedReason =
  | "no_model"
  | "unknown_model"
  | "no_rate"
  | "no_usage"
  | "bad_usage"
  | "unknown_tier"
  | "no_time";

/** Where a price is from. */
export interface PriceBasis {
  /** `"own"`, or the list with its version: `"@pydantic/genai-prices 0.1.8"`. */
  readonly source: string;
  /** The day that the list is of, or from which an own price holds, `null` where it has none: `"2026-09-23"`. */
  readonly date: string | null;
  /** Whose price it is, as the list calls them, which may differ from the record's `provider`. */
  readonly provider: string | null;
  /** The model as the list or the own price calls it. */
  readonly model: string;
}

/** What one call of a model cost. */
export interface CallCost {
  /** US dollars, `null` where that is not known; 0 is a call that was free. */
  readonly usd: number | null;
  /** What it would have cost had nothing been cached, neither read nor written. */
  readonly usdWithoutCache: number | null;
  /** Why `usd` is `null`; `null` where it is not. */
  readonly reason: UnpricedReason | null;
  /** `null` where no price was found. */
  readonly price: PriceBasis | null;
}
