import { describe, expect, test } from "vitest";
import { costOf, type OwnPrice } from "../../src/index.ts";
import { call } from "../calls.ts";

const rates = { input: 1, output: 10 };
const at = (day: string) => Date.parse(day) / 1000;

test("an own price goes before the list, and says that it is one", () => {
  const options = { prices: [{ model: "claude-sonnet-4-5", usdPerMTok: rates }] };
  expect(costOf(call(), options)).toEqual({
    usd: 0.002,
    usdWithoutCache: 0.002,
    reason: null,
    price: { source: "own", date: null, provider: null, model: "claude-sonnet-4-5" },
  });
  expect(costOf(call({ model: "claude-opus-4-5" }), options).price?.provider).toBe("anthropic");
});

test("without the list, own prices are all there are", () => {
  const options = { prices: [{ model: "our-*", usdPerMTok: rates }], priceList: false };
  expect(costOf(call({ model: "our-model" }), options).usd).toBe(0.002);
  expect(costOf(call(), options).reason).toBe("unknown_model");
});

test("rates that are left out are those of what they are part of", () => {
  const cost = (usdPerMTok: OwnPrice["usdPerMTok"]) => {
    const own = { prices: [{ model: "*", usdPerMTok }] };
    const tokens = { cache_read_tokens: 500, cache_write_tokens: 200, reasoning_tokens: 50 };
    const usage = { cache_creation: { ephemeral_1h_input_tokens: 100 } };
    return costOf(call({ ...tokens, usage }), own).usd;
  };
  expect(cost(rates)).toBe(0.002);
  expect(cost({ ...rates, cacheWrite: 2 })).toBeCloseTo(0.0022, 12);
  expect(cost({ ...rates, cacheWrite: 2, cacheWrite1h: 3 })).toBeCloseTo(0.0023, 12);
  expect(cost({ ...rates, cacheRead: 0 })).toBeCloseTo(0.0015, 12);
  expect(cost({ ...rates, reasoning: 0 })).toBeCloseTo(0.0015, 12);
});

test("own tiers change the rates that they name, whatever their order", () => {
  const tiers = [
    { aboveInputTokens: 2000, usdPerMTok: { input: 4 } },
    { aboveInputTokens: 1000, usdPerMTok: { input: 2 } },
  ];
  const options = { prices: [{ model: "*", usdPerMTok: rates, tiers, usdPerCall: 0.5 }] };
  const cost = (input_tokens: number) =>
    costOf(call({ input_tokens, output_tokens: 0 }), options).usd;
  expect([cost(1000), cost(1001), cost(3000)]).toEqual([0.501, 0.502002, 0.512]);
});

describe("a dated price", () => {
  const options = {
    prices: [
      { model: "*", from: "2026-01-01", until: "2026-07-01", usdPerMTok: { input: 1, output: 0 } },
      { model: "*", from: "2026-07-01", usdPerMTok: { input: 2, output: 0 } },
    ],
  };
  const on = (day: string) => costOf(call({ ts: at(day) }), options);

  test("holds from its first day on until the next one begins", () => {
    expect(on("2026-01-01").usd).toBe(0.001);
    expect(on("2026-06-30T23:59:59.999Z").usd).toBe(0.001);
    expect(on("2026-07-01").usd).toBe(0.002);
    expect(on("2026-07-01").price?.date).toBe("2026-07-01");
  });

  test("leaves other days to the list", () => {
    expect(on("2025-12-31T23:59:59Z").price?.provider).toBe("anthropic");
  });

  test("is none for a call whose time is not known", () => {
    expect(costOf(call({ ts: "today" as never }), options).reason).toBe("no_time");
  });
});

test("names match whole, whatever their case, with * for any text, and by provider", () => {
  const matches = (own: { model: string; provider?: string }, keys: object) => {
    const options = { prices: [{ ...own, usdPerMTok: rates }], priceList: false };
    return costOf(call(keys), options).usd !== null;
  };
  expect(matches({ model: "Our-Model" }, { model: "our-model" })).toBe(true);
  expect(matches({ model: "our" }, { model: "our-model" })).toBe(false);
  expect(matches({ model: "our-*-v2" }, { model: "our-model-v2" })).toBe(true);
  expect(matches({ model: "our-*-v2" }, { model: "our-v2" })).toBe(false);
  expect(matches({ model: "*a*b*" }, { model: "xxaxxbxx" })).toBe(true);
  expect(matches({ model: "*a*b*" }, { model: "xxbxxaxx" })).toBe(false);
  expect(matches({ model: "a.c" }, { model: "abc" })).toBe(false);
  expect(matches({ model: "*", provider: "acme" }, { provider: "Acme" })).toBe(true);
  expect(matches({ model: "*", provider: "acme" }, { provider: "other" })).toBe(false);
  expect(matches({ model: "*", provider: "acme" }, {})).toBe(false);
});

test.each<[string, unknown]>([
  ["prices must be a list", {}],
  ["prices[0].model", [{ usdPerMTok: rates }]],
  ["prices[0].usdPerMTok.input", [{ model: "m" }]],
  ["prices[0].usdPerMTok.output", [{ model: "m", usdPerMTok: { input: 1 } }]],
  ["prices[0].usdPerMTok.input", [{ model: "m", usdPerMTok: { ...rates, input: "1" } }]],
  ["prices[0].usdPerMTok.input", [{ model: "m", usdPerMTok: { ...rates, input: Number.NaN } }]],
  ["prices[0].usdPerMTok.cacheRead", [{ model: "m", usdPerMTok: { ...rates, cacheRead: -1 } }]],
  ["prices[0].usdPerMTok.input", [{ model: "m", usdPerMTok: { ...rates, input: 1e300 } }]],
  ["prices[0].from", [{ model: "m", usdPerMTok: rates, from: "yesterday" }]],
  ["prices[0].until", [{ model: "m", usdPerMTok: rates, until: "2026-13-01" }]],
  [
    "prices[0].serviceTiers.batch",
    [{ model: "m", usdPerMTok: rates, serviceTiers: { batch: "half" } }],
  ],
  ["prices[0].tiers[0].aboveInputTokens", [{ model: "m", usdPerMTok: rates, tiers: [{}] }]],
])("a price that is none is refused: %s", (where, prices) => {
  expect(() => costOf(call(), { prices: prices as OwnPrice[] })).toThrow(TypeError);
  expect(() => costOf(call(), { prices: prices as OwnPrice[] })).toThrow(where);
});
