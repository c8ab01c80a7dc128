import { calcPrice, findProvider } from "@pydantic/genai-prices";
import type { PriceBasis } from "./call-cost.ts";
import { listedTariff } from "./listed-rates.ts";
import { listedSchedule, type Schedule } from "./listed-schedule.ts";
import { type Candidate, candidates } from "./model-names.ts";
import { STANDARD_TIERS } from "./rates.ts";

/** The price list that comes with this package. */
export interface PriceList {
  /** The package that it is from, and its version. */
  readonly source: string;
  /** The day on which that version was published. */
  readonly date: string;
}

/** The price list that comes with this package, and the day that it is of. */
export const PRICE_LIST: PriceList = {
  source: "@pydantic/genai-prices 0.1.8",
  date: "2026-09-23",
};

/** A model in the price list. */
export interface Listed {
  readonly basis: PriceBasis;
  readonly schedule: Schedule;
}

// Half the price for batches: the price pages of each, and for OpenAI's flex its guide, which puts it at
// the price of a batch; Groq's flex costs what on-demand does (console.groq.com/docs/flex-processing).
const SERVICE_TIERS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  anthropic: { batch: 0.5 },
  aws: { batch: 0.5 },
  azure: { batch: 0.5 },
  google: { batch: 0.5 },
  groq: { batch: 0.5, flex: 1 },
  openai: { batch: 0.5, flex: 0.5 },
};

/** Finds a model in the price list, under whatever name providers, clouds and gateways have for it. */
export function findListed(model: string, provider: string | undefined): Listed | undefined {
  for (const candidate of candidates(model, provider, findProviderId)) {
    const listed = lookUp(candidate);
    if (listed !== undefined) return listed;
  }
  return undefined;
}

function findProviderId(name: string): string | undefined {
  return findProvider({ providerId: name })?.id;
}

function lookUp({ model, provider }: Candidate): Listed | undefined {
  // Without usage it only finds the model; the arithmetic is ours, since this takes 25 µs a call.
  const found = calcPrice({}, model, provider === undefined ? {} : { providerId: provider });
  if (found === null) return undefined;
  const { id, prices } = found.model;
  const seller = found.provider.id;
  const terms = {
    serviceTiers: new Map([...STANDARD_TIERS, ...Object.entries(SERVICE_TIERS[seller] ?? {})]),
    // An entry without rates is one that nobody has filled in, but for those that say that they are free.
    isFree: id.endsWith(":free"),
    // Google's models take audio at the price of text where the list has no other; `gpt-4o-audio-preview`,
    // which the list takes for a gpt-4o, costs 16 times as much.
    audioAsText: seller === "google",
  };
  return {
    basis: { ...PRICE_LIST, provider: seller, model: id },
    schedule: listedSchedule(prices, (price) => listedTariff(price, terms)),
  };
}
