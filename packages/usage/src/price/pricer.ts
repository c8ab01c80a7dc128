import { fieldsOf, nameOf, type Untrusted } from "../untrusted.ts";
import { amountOf } from "./amount.ts";
import type { CallCost, PriceBasis, UnpricedReason } from "./call-cost.ts";
import { callUsage } from "./call-usage.ts";
import { type CompiledPrice, compilePrices } from "./compile-prices.ts";
import type { OwnPrice } from "./own-price.ts";
import { findListed, type Listed } from "./price-list.ts";
import { ratesFor, type Tariff } from "./rates.ts";

/** What calls are priced by. */
export interface PriceOptions {
  /** Prices of one's own, before the list; the first that matches counts. */
  readonly prices?: readonly OwnPrice[];
  /** Whether the price list counts as well, default `true`; else a model without an own price has none. */
  readonly priceList?: boolean;
}

/** Tells what a call cost. */
export type Pricer = (record: object) => CallCost;

/** Prices that may hold for a model, before its time is looked at. */
interface Found {
  readonly own: readonly CompiledPrice[];
  readonly listed: Listed | undefined;
}

// Real logs name a few dozen models; a log made to fill the memory gets no further than some 2 MiB.
const MAX_KNOWN = 1000;

/** Makes a function that prices records; it looks up each model once. */
export function pricer({ prices = [], priceList = true }: PriceOptions = {}): Pricer {
  const compiled = compilePrices(prices);
  // By model, and then by provider, which has no empty name.
  const known = new Map<string, Map<string, Found>>();
  let size = 0;

  const find = (model: string, provider: string | undefined): Found => {
    const found = known.get(model)?.get(provider ?? "");
    if (found !== undefined) return found;
    if (size >= MAX_KNOWN) {
      known.clear();
      size = 0;
    }
    const byProvider = known.get(model) ?? new Map<string, Found>();
    const made = {
      own: compiled.filter((price) => price.matches(model, provider)),
      listed: priceList ? findListed(model, provider) : undefined,
    };
    byProvider.set(provider ?? "", made);
    known.set(model, byProvider);
    size++;
    return made;
  };

  return (record) => {
    const call = fieldsOf(record);
    const model = nameOf(call["model"]);
    if (model === undefined) return unpriced("no_model");
    const found = find(model, nameOf(call["provider"]));
    const price = priceAt(found, call["ts"]);
    return typeof price === "string" ? unpriced(price) : priced(call, price);
  };
}

interface Price {
  readonly basis: PriceBasis;
  readonly tariff: Tariff;
}

function priceAt({ own, listed }: Found, time: unknown): Price | UnpricedReason {
  const ts = Number.isFinite(time) ? (time as number) : Number.NaN;
  for (const price of own) {
    const { term } = price;
    if (term === null || (ts >= term.from && ts < term.until)) return price;
    // Whether this one holds cannot be told, so the next would be a guess.
    if (Number.isNaN(ts)) return "no_time";
  }
  if (listed === undefined) return "unknown_model";
  if (listed.schedule.isDated && Number.isNaN(ts)) return "no_time";
  const tariff = listed.schedule.at(ts);
  return tariff === undefined ? "no_rate" : { basis: listed.basis, tariff };
}

function priced(call: Untrusted, { basis, tariff }: Price): CallCost {
  const usage = callUsage(call, tariff.hasOutput);
  if (typeof usage === "string") return unpriced(usage, basis);
  const factor = tariff.serviceTiers.get(usage.serviceTier);
  const rates = ratesFor(tariff, usage.input);
  if (factor === undefined || rates === undefined) return unpriced("unknown_tier", basis);
  const amount = amountOf(usage, rates, factor);
  if (amount === undefined) return unpriced("no_rate", basis);
  const { usd, usdWithoutCache } = amount;
  return { usd, usdWithoutCache, reason: null, price: basis };
}

function unpriced(reason: UnpricedReason, price: PriceBasis | null = null): CallCost {
  return { usd: null, usdWithoutCache: null, reason, price };
}
