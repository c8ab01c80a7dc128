import type { OwnPrice, UsdPerMTok } from "./own-price.ts";
import { type Band, type Rates, STANDARD_TIERS, type Tariff } from "./rates.ts";

const KEYS = [
  "input",
  "output",
  "cacheRead",
  "cacheWrite",
  "cacheWrite1h",
  "reasoning",
  "inputAudio",
  "outputAudio",
] as const satisfies readonly (keyof UsdPerMTok)[];

/** Reads the rates of an own price. */
export function ownTariff(price: OwnPrice, where: string): Tariff {
  const { usdPerMTok, tiers = [], serviceTiers = {}, usdPerCall = 0 } = price;
  for (const key of ["input", "output"] as const) {
    expectAmount(usdPerMTok?.[key], `${where}.usdPerMTok.${key}`);
  }
  expectAmount(usdPerCall, `${where}.usdPerCall`);
  for (const [tier, factor] of Object.entries(serviceTiers)) {
    expectAmount(factor, `${where}.serviceTiers.${tier}`);
  }
  const higher = tiers.map(({ aboveInputTokens, usdPerMTok: rates }, i): Band => {
    expectAmount(aboveInputTokens, `${where}.tiers[${i}].aboveInputTokens`);
    const at = `${where}.tiers[${i}].usdPerMTok`;
    return { aboveInputTokens, rates: ratesOf({ ...usdPerMTok, ...rates }, usdPerCall, at) };
  });
  const base = ratesOf(usdPerMTok, usdPerCall, `${where}.usdPerMTok`);
  return {
    bands: [
      { aboveInputTokens: -1, rates: base },
      ...higher.toSorted((a, b) => a.aboveInputTokens - b.aboveInputTokens),
    ],
    hasOutput: true,
    serviceTiers: new Map([...STANDARD_TIERS, ...Object.entries(serviceTiers)]),
  };
}

function ratesOf(given: UsdPerMTok, call: number, where: string): Rates {
  for (const key of KEYS) {
    if (given[key] !== undefined) expectAmount(given[key], `${where}.${key}`);
  }
  const { input, output, cacheRead = input, cacheWrite = input } = given;
  const { inputAudio = input, outputAudio = output } = given;
  const text = { input, cacheRead, output };
  return {
    input,
    cacheRead,
    cacheWrite,
    cacheWrite1h: given.cacheWrite1h ?? cacheWrite,
    output,
    reasoning: given.reasoning ?? output,
    modalities: {
      audio: { input: inputAudio, cacheRead: Math.min(cacheRead, inputAudio), output: outputAudio },
      image: text,
      video: text,
    },
    call,
    webSearch: 0,
  };
}

// Far above any price, and low enough that no sum of products overflows.
const MAX_AMOUNT = 1e9;

function expectAmount(value: unknown, where: string): void {
  if (typeof value === "number" && value >= 0 && value <= MAX_AMOUNT) return;
  const given = typeof value === "number" ? String(value) : JSON.stringify(value);
  throw new TypeError(`${where} must be a number from 0 to ${MAX_AMOUNT}, not ${given}`);
}
