import type { ModelPrice, TieredPrices } from "@pydantic/genai-prices";
import type { Band, Modality, ModalityRates, Rates, Tariff } from "./rates.ts";

/** What the rates themselves do not say. */
export interface ListedTerms {
  readonly serviceTiers: Tariff["serviceTiers"];
  /** Whether a model without any rate is one that costs nothing. */
  readonly isFree: boolean;
  /** Whether audio costs what text does where it has no rate; else that is not known. */
  readonly audioAsText: boolean;
}

const PER_THOUSAND = 1000;

/** Reads the rates of a model out of the price list; nothing where it names none for tokens. */
export function listedTariff(
  price: ModelPrice,
  { serviceTiers, isFree, audioAsText }: ListedTerms,
): Tariff | undefined {
  const isPriced = price["input_mtok"] !== undefined || price["output_mtok"] !== undefined;
  if (!isPriced && !(isFree && Object.keys(price).length === 0)) return undefined;
  const starts = Object.values(price).flatMap((rate) => tiersOf(rate).map(({ start }) => start));
  const bands = [-1, ...starts]
    .sort((a, b) => a - b)
    .map((start): Band => ({ aboveInputTokens: start, rates: ratesAt(price, start, audioAsText) }));
  return { bands, hasOutput: price["output_mtok"] !== undefined, serviceTiers };
}

/** The rates of calls with more input tokens than `start`, up to the next tier. */
function ratesAt(price: ModelPrice, start: number, audioAsText: boolean): Rates {
  // What has no rate of its own is priced as what it is part of.
  const rate = (key: string, whole: number) => rateAt(price[key], start) ?? whole;
  const input = rate("input_mtok", 0);
  const cacheRead = rate("cache_read_mtok", input);
  const cacheWrite = rate("cache_write_mtok", input);
  const output = rate("output_mtok", 0);
  const modality = (name: Modality): ModalityRates => {
    const own = rate(`input_${name}_mtok`, input);
    return {
      input: own,
      // A model without a rate for cached text either has none for cached audio.
      cacheRead: rate(
        `cache_${name}_read_mtok`,
        price["cache_read_mtok"] === undefined ? own : cacheRead,
      ),
      output: rate(`output_${name}_mtok`, output),
    };
  };
  const hasAudio = audioAsText || price["input_audio_mtok"] !== undefined;
  return {
    input,
    cacheRead,
    cacheWrite,
    cacheWrite1h: rate("cache_write_1h_mtok", cacheWrite),
    output,
    reasoning: rate("output_reasoning_mtok", output),
    modalities: {
      image: modality("image"),
      video: modality("video"),
      ...(hasAudio ? { audio: modality("audio") } : {}),
    },
    call: rate("requests_kcount", 0) / PER_THOUSAND,
    webSearch: rate("web_searches_kcount", 0) / PER_THOUSAND,
  };
}

function rateAt(rate: number | TieredPrices | undefined, start: number): number | undefined {
  if (typeof rate !== "object") return rate;
  const reached = tiersOf(rate).filter((tier) => tier.start <= start);
  return reached.at(-1)?.price ?? rate.base;
}

function tiersOf(rate: number | TieredPrices | undefined): TieredPrices["tiers"] {
  return typeof rate === "object" ? rate.tiers.toSorted((a, b) => a.start - b.start) : [];
}
