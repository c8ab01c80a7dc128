import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type ConditionalPrice, calcPrice, waitForUpdate } from "@pydantic/genai-prices";
import fc from "fast-check";
import { expect, test } from "vitest";
import { PRICE_LIST } from "../../src/price/price-list.ts";
import { pricer } from "../../src/price/pricer.ts";

const providers = (await waitForUpdate()) ?? [];
// But for the few whose id is not a name by which they are found.
const models = providers.flatMap(({ id: provider, models: all }) =>
  all
    .filter(({ id }) => calcPrice({}, id, { providerId: provider })?.model.id === id)
    .map((model) => ({ provider, model })),
);

// Each day from which some price of the list holds, and the years around them.
const SECONDS = { min: Date.UTC(2023) / 1000, max: Date.UTC(2027) / 1000 };
const tokens = fc.oneof(fc.nat(300), fc.nat(2_000_000));
const call = fc.record({
  entry: fc.constantFrom(...models),
  ts: fc.integer(SECONDS),
  text: tokens,
  cacheRead: tokens,
  cacheWrite5m: tokens,
  cacheWrite1h: tokens,
  audio: fc.oneof(fc.constant(0), fc.nat(10_000)),
  output: tokens,
  reasoning: fc.nat(1_000),
  webSearches: fc.nat(20),
});

test("nearly every model of the list is found by its id", () => {
  expect(models.length).toBeGreaterThan(1600);
});

test("any model, time and tokens are priced as the list's own function does", () => {
  const price = pricer();
  const check = (it: typeof call extends fc.Arbitrary<infer Call> ? Call : never) => {
    const { provider, model } = it.entry;
    const cacheWrite = it.cacheWrite5m + it.cacheWrite1h;
    const input = it.text + it.cacheRead + cacheWrite + it.audio;
    const output = it.output + it.reasoning;
    const expected = attemptPrice(model.id, provider, it.ts, {
      input_tokens: input,
      cache_read_tokens: it.cacheRead,
      cache_write_tokens: cacheWrite,
      cache_write_1h_tokens: it.cacheWrite1h,
      input_audio_tokens: it.audio,
      cache_audio_read_tokens: 0,
      output_tokens: output,
      output_reasoning_tokens: it.reasoning,
      web_searches: it.webSearches,
    });
    const found = price({
      model: model.id,
      provider,
      ts: it.ts,
      input_tokens: input,
      output_tokens: output,
      cache_read_tokens: it.cacheRead,
      cache_write_tokens: cacheWrite,
      reasoning_tokens: it.reasoning,
      usage: {
        cache_creation: { ephemeral_1h_input_tokens: it.cacheWrite1h },
        input_tokens_details: { audio_tokens: it.audio },
        server_tool_use: { web_search_requests: it.webSearches },
      },
    });
    if (found.reason === "no_rate") return;
    expect(found.usd).toBeCloseTo(expected ?? Number.NaN, 9);
  };
  fc.assert(fc.property(call, check), { numRuns: 20_000 });
});

function attemptPrice(model: string, providerId: string, ts: number, usage: object) {
  const timestamp = new Date(ts * 1000);
  return calcPrice({ ...usage }, model, { providerId, timestamp })?.total_price;
}

test("what the list has no rate for in tokens is left without a price", () => {
  const price = pricer();
  const without = models.filter(({ model, provider }) => {
    const cost = price({ model: model.id, provider, ts: 1e9, input_tokens: 1, output_tokens: 1 });
    return cost.usd === null;
  });
  for (const { model } of without) {
    const all: readonly ConditionalPrice[] = Array.isArray(model.prices)
      ? model.prices
      : [{ prices: model.prices }];
    const keys = all.flatMap((it) => Object.keys(it.prices));
    expect(keys.filter((key) => /^(input|output)_mtok$/.test(key))).toEqual([]);
  }
  expect(without.length).toBeGreaterThan(10);
});

test("the list is the version that stands in it", () => {
  const file = import.meta.resolve("@pydantic/genai-prices");
  const manifest = fileURLToPath(new URL("../package.json", file));
  const { name, version } = JSON.parse(readFileSync(manifest, "utf8"));
  expect(PRICE_LIST.source).toBe(`${name} ${version}`);
});
