import type { LlmCallRecord } from "@step-log/core";
import type { CallCost } from "./call-cost.ts";
import { type PriceOptions, type Pricer, pricer } from "./pricer.ts";

// One pricer for each object of options, so that models are looked up once for all calls that share it.
const pricers = new WeakMap<PriceOptions, Pricer>();
const DEFAULTS: PriceOptions = {};

/**
 * Tells what a call of a model cost, offline, by own prices and the price list of this package:
 * `{ usd: 0.0087, … }`. What is not known is `null`, with a reason; never 0.
 *
 * Pass the same `options` object each time; it is read once.
 *
 * @throws TypeError when an own price is none.
 */
export function costOf(record: LlmCallRecord, options: PriceOptions = DEFAULTS): CallCost {
  let price = pricers.get(options);
  if (price === undefined) {
    price = pricer(options);
    pricers.set(options, price);
  }
  return price(record);
}
