import type { PriceBasis } from "./call-cost.ts";
import type { OwnPrice } from "./own-price.ts";
import { ownTariff } from "./own-rates.ts";
import type { Tariff } from "./rates.ts";

/** An own price, ready for use. */
export interface CompiledPrice {
  readonly matches: (model: string, provider: string | undefined) => boolean;
  /** Unix seconds, from and before; `null` where it is not dated. */
  readonly term: { readonly from: number; readonly until: number } | null;
  readonly basis: PriceBasis;
  readonly tariff: Tariff;
}

/** Checks own prices and makes them ready; the first that matches counts. */
export function compilePrices(prices: readonly OwnPrice[]): readonly CompiledPrice[] {
  if (!Array.isArray(prices)) throw new TypeError(`prices must be a list, not ${typeof prices}`);
  return prices.map(compile);
}

function compile(price: OwnPrice, index: number): CompiledPrice {
  const where = `prices[${index}]`;
  const { model, provider, from, until } = price;
  if (typeof model !== "string" || model === "") {
    throw new TypeError(`${where}.model must be a name, not ${JSON.stringify(model)}`);
  }
  const isModel = pattern(model);
  const isProvider = provider === undefined ? undefined : pattern(provider);
  const term = {
    from: from === undefined ? Number.NEGATIVE_INFINITY : day(from, `${where}.from`),
    until: until === undefined ? Number.POSITIVE_INFINITY : day(until, `${where}.until`),
  };
  return {
    matches: (name, vendor) => isModel(name) && (isProvider?.(vendor ?? "") ?? true),
    term: from === undefined && until === undefined ? null : term,
    basis: { source: "own", date: from ?? null, provider: provider ?? null, model },
    tariff: ownTariff(price, where),
  };
}

/** Tells names that a text with `*` stands for. */
function pattern(text: string): (name: string) => boolean {
  const [first = "", ...rest] = text.trim().toLowerCase().split("*");
  const last = rest.pop();
  return (given) => {
    const name = given.trim().toLowerCase();
    if (last === undefined) return name === first;
    if (!name.startsWith(first)) return false;
    let at = first.length;
    for (const part of rest) {
      const found = name.indexOf(part, at);
      if (found < 0) return false;
      at = found + part.length;
    }
    return name.length >= at + last.length && name.endsWith(last);
  };
}

function day(text: unknown, where: string): number {
  const isDay = typeof text === "string" && /^\d{4}-\d\d-\d\d$/.test(text);
  const ms = isDay ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(ms)) {
    throw new TypeError(`${where} must be a day like "2026-01-01", not ${JSON.stringify(text)}`);
  }
  return ms / 1000;
}
