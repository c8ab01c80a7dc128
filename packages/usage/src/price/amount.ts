import type { CallUsage } from "./call-usage.ts";
import type { Rates } from "./rates.ts";

const PER_MILLION = 1e6;

/** What a call comes to in US dollars. */
export interface Amount {
  readonly usd: number;
  /** The same with all input at the price of what is not cached. */
  readonly usdWithoutCache: number;
}

/**
 * Multiplies tokens by their rates, each token once: what is cached, written to the cache, of another
 * modality or reasoning is priced as that, the rest as text.
 *
 * @param factor Of the service tier; on tokens, not on calls and searches.
 * @returns Nothing where there are tokens of a modality without a rate.
 */
export function amountOf(usage: CallUsage, rates: Rates, factor: number): Amount | undefined {
  const { input, cacheRead, cacheWrite, cacheWrite1h, output, reasoning, modalities } = usage;
  let readings = (input - cacheRead - cacheWrite) * rates.input + cacheRead * rates.cacheRead;
  let withoutCache = input * rates.input;
  const writes = (cacheWrite - cacheWrite1h) * rates.cacheWrite + cacheWrite1h * rates.cacheWrite1h;
  let answer = (output - reasoning) * rates.output + reasoning * rates.reasoning;
  for (const part of modalities) {
    const own = rates.modalities[part.modality];
    if (own === undefined) return undefined;
    readings += (part.input - part.cacheRead) * (own.input - rates.input);
    readings += part.cacheRead * (own.cacheRead - rates.cacheRead);
    withoutCache += part.input * (own.input - rates.input);
    answer += part.output * (own.output - rates.output);
  }
  const besides = rates.call + usage.webSearches * rates.webSearch;
  return {
    usd: ((readings + writes + answer) * factor) / PER_MILLION + besides,
    usdWithoutCache: ((withoutCache + answer) * factor) / PER_MILLION + besides,
  };
}
