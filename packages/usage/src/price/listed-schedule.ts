import type { ConditionalPrice, ModelInfo, ModelPrice } from "@pydantic/genai-prices";
import type { Tariff } from "./rates.ts";

const DAY_MS = 86_400_000;

/** Tells the tariff at a time in Unix seconds; nothing where there is none. */
export interface Schedule {
  /** Whether the tariff is another at other times. */
  readonly isDated: boolean;
  at(ts: number): Tariff | undefined;
}

/**
 * Reads from when on, and at what times of the day, which rates of a model hold. The last that holds
 * counts; while none does, the first.
 */
export function listedSchedule(
  prices: ModelInfo["prices"],
  tariffOf: (price: ModelPrice) => Tariff | undefined,
): Schedule {
  if (!Array.isArray(prices)) {
    const tariff = tariffOf(prices);
    return { isDated: false, at: () => tariff };
  }
  const terms = prices.map(({ constraint, prices: price }) => ({
    holds: condition(constraint),
    tariff: tariffOf(price),
  }));
  return {
    isDated: true,
    at: (ts) => (terms.findLast(({ holds }) => holds(ts * 1000)) ?? terms[0])?.tariff,
  };
}

function condition(constraint: ConditionalPrice["constraint"]): (ms: number) => boolean {
  if (constraint === undefined) return () => true;
  if (constraint.type === "start_date") {
    const startMs = Date.parse(constraint.start_date);
    return (ms) => ms >= startMs;
  }
  const [startMs, endMs] = [timeOfDay(constraint.start_time), timeOfDay(constraint.end_time)];
  return (ms) => {
    const time = modulo(ms, DAY_MS);
    // What ends before it starts goes past midnight.
    if (endMs < startMs) return time >= startMs || time < endMs;
    return time >= startMs && time < endMs;
  };
}

/** Milliseconds since midnight UTC of `16:30:00Z`, or of `16:30:00+08:00`. */
function timeOfDay(text: string): number {
  return modulo(Date.parse(`1970-01-01T${text}`), DAY_MS);
}

function modulo(value: number, divisor: number): number {
  return ((value % divisor) + divisor) % divisor;
}
