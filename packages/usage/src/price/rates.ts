/** Kinds of tokens that may have rates of their own beside text. */
export type Modality = "audio" | "image" | "video";

/** US dollars for a million tokens of each kind, and for what is not counted in tokens. */
export interface Rates {
  readonly input: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  /** Written to be kept for an hour, not for five minutes. */
  readonly cacheWrite1h: number;
  readonly output: number;
  readonly reasoning: number;
  /** One that is missing has a price that is not known. */
  readonly modalities: Readonly<Partial<Record<Modality, ModalityRates>>>;
  /** US dollars for each call. */
  readonly call: number;
  /** US dollars for each web search that the provider made. */
  readonly webSearch: number;
}

/** US dollars for a million tokens that are no text. */
export interface ModalityRates {
  readonly input: number;
  readonly cacheRead: number;
  readonly output: number;
}

/** Rates that hold for calls with more than so many input tokens, for all of their tokens. */
export interface Band {
  readonly aboveInputTokens: number;
  readonly rates: Rates;
}

/** The rates of a model at a time: one band or more, the lowest first, which is above -1. */
export interface Tariff {
  readonly bands: readonly Band[];
  /** Whether a call must say how many tokens it put out; embeddings put out none. */
  readonly hasOutput: boolean;
  /** Factors on the price of tokens by service tier: 0.5 for `batch`. */
  readonly serviceTiers: ReadonlyMap<string, number>;
}

/** The rates for so many input tokens. */
export function ratesFor({ bands }: Tariff, inputTokens: number): Rates | undefined {
  let rates: Rates | undefined;
  for (const band of bands) if (inputTokens > band.aboveInputTokens) rates = band.rates;
  return rates;
}

/** Tiers at the usual price, under the names that Anthropic, OpenAI and Groq have for it. */
export const STANDARD_TIERS: readonly (readonly [tier: string, factor: number])[] = [
  ["auto", 1],
  ["default", 1],
  ["on_demand", 1],
  ["standard", 1],
];
