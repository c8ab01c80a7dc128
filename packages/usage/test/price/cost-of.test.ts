import { Socket } from "node:net";
import { describe, expect, test, vi } from "vitest";
import { costOf, PRICE_LIST } from "../../src/index.ts";
import { call } from "../calls.ts";

test("a call costs its tokens at the rates of its model, and says whose rates and of when", () => {
  expect(costOf(call())).toEqual({
    usd: (1000 * 3 + 100 * 15) / 1e6,
    usdWithoutCache: (1000 * 3 + 100 * 15) / 1e6,
    reason: null,
    price: { ...PRICE_LIST, provider: "anthropic", model: "claude-sonnet-4-5" },
  });
});

test("what is read from the cache, written to it for minutes and for an hour has rates of its own", () => {
  const cached = call({
    input_tokens: 1_000,
    cache_read_tokens: 600,
    cache_write_tokens: 300,
    usage: { cache_creation: { ephemeral_5m_input_tokens: 200, ephemeral_1h_input_tokens: 100 } },
  });
  const { usd, usdWithoutCache } = costOf(cached);
  expect(usd).toBeCloseTo((100 * 3 + 600 * 0.3 + 200 * 3.75 + 100 * 6 + 100 * 15) / 1e6, 12);
  expect(usdWithoutCache).toBeCloseTo(0.0045, 12);
});

test("a call above a tier costs the tier's rates for all of its tokens", () => {
  const gemini = (input_tokens: number) =>
    costOf(call({ model: "gemini-2.5-pro", input_tokens, output_tokens: 1000 })).usd;
  expect(gemini(200_000)).toBeCloseTo(0.2 * 1.25 + 0.001 * 10, 12);
  expect(gemini(200_001)).toBeCloseTo(0.200001 * 2.5 + 0.001 * 15, 12);
});

test("a call costs what it cost at its time", () => {
  const o3 = (day: string) =>
    costOf(call({ model: "o3", input_tokens: 1e6, output_tokens: 0, ts: Date.parse(day) / 1000 }));
  expect(o3("2025-05-01").usd).toBe(10);
  expect(o3("2025-07-01").usd).toBe(2);
  expect(costOf(call({ model: "o3", ts: Number.NaN })).reason).toBe("no_time");
});

test("a price may depend on the hour of the day", () => {
  const at = (time: string) =>
    costOf(call({ model: "deepseek-reasoner", ts: Date.parse(`2025-11-22T${time}Z`) / 1000 })).usd;
  expect(at("00:29:59")).toBeLessThan(at("00:30:00") ?? 0);
  expect(at("16:30:00")).toBe(at("00:29:59"));
});

describe("service tiers", () => {
  const inTier = (tier: string, keys = {}) =>
    costOf(call({ usage: { service_tier: tier }, ...keys }));

  test("a batch costs half, whether the usage says so or a tag", () => {
    expect(inTier("batch").usd).toBeCloseTo(0.00225, 12);
    expect(costOf(call({ tags: { service_tier: "batch" } })).usd).toBeCloseTo(0.00225, 12);
  });

  test("the standard tier has several names", () => {
    for (const tier of ["standard", "default", "auto", "on_demand"]) {
      expect(inTier(tier).usd).toBe(0.0045);
    }
  });

  test("flex is half the price of OpenAI, and the full one of Groq", () => {
    const full = costOf(call({ model: "gpt-5.1" })).usd ?? 0;
    expect(inTier("flex", { model: "gpt-5.1" }).usd).toBeCloseTo(full / 2, 12);
    const groq = { model: "llama-3.3-70b-versatile", provider: "groq" };
    expect(inTier("flex", groq).usd).toBe(costOf(call(groq)).usd);
  });

  test("a tier whose price is not known leaves the call without one", () => {
    for (const tier of ["priority", "flex", "constructor", "__proto__"]) {
      expect(inTier(tier)).toMatchObject({ usd: null, reason: "unknown_tier" });
    }
  });
});

describe("what is not known is null, with a reason", () => {
  test.each([
    ["no_model", { model: null }],
    ["no_model", { model: "x".repeat(513) }],
    ["unknown_model", { model: "our-own-model" }],
    ["unknown_model", { model: "gpt-4o", provider: "anthropic" }],
    ["unknown_model", { model: "deepseek-r1", provider: "ollama" }],
    ["no_rate", { model: "whisper-1" }],
    ["no_rate", { model: "gpt-4o", provider: "github-copilot" }],
    ["no_usage", { input_tokens: null }],
    ["no_usage", { output_tokens: null }],
    ["bad_usage", { input_tokens: -1 }],
    ["bad_usage", { output_tokens: 1.5 }],
    ["bad_usage", { input_tokens: Number.POSITIVE_INFINITY }],
    ["bad_usage", { cache_read_tokens: 1001 }],
    ["bad_usage", { cache_read_tokens: 600, cache_write_tokens: 600 }],
    ["bad_usage", { input_tokens: "1000" as never }],
  ] as const)("%s: %j", (reason, keys) => {
    expect(costOf(call(keys))).toMatchObject({ usd: null, usdWithoutCache: null, reason });
  });

  test("an embedding needs no output tokens", () => {
    const embedding = { model: "text-embedding-3-small", input_tokens: 1e6, output_tokens: null };
    expect(costOf(call(embedding)).usd).toBe(0.02);
  });

  test("a model that says that it is free is", () => {
    const free = { model: "meta-llama/llama-3.3-70b-instruct:free", provider: "openrouter" };
    expect(costOf(call(free))).toMatchObject({ usd: 0, reason: null });
  });
});

describe("audio", () => {
  test("has rates of its own, in, from the cache, and out, as OpenAI tells of it", () => {
    const spoken = call({
      model: "gpt-realtime",
      cache_read_tokens: 300,
      usage: {
        input_tokens_details: { audio_tokens: 400, cached_tokens_details: { audio_tokens: 100 } },
        output_tokens_details: { audio_tokens: 50 },
      },
    });
    const input = 400 * 4 + 200 * 0.4 + 300 * 32 + 100 * 0.4;
    expect(costOf(spoken).usd).toBeCloseTo((input + 50 * 16 + 50 * 64) / 1e6, 12);
  });

  test("has rates of its own as Gemini tells of it", () => {
    const promptTokensDetails = [
      { modality: "TEXT", tokenCount: 600 },
      { modality: "AUDIO", tokenCount: 400 },
    ];
    const spoken = call({ model: "gemini-2.5-flash", usage: { promptTokensDetails } });
    expect(costOf(spoken).usd).toBeCloseTo((600 * 0.3 + 400 * 1 + 100 * 2.5) / 1e6, 12);
  });

  test("has no price where the list has none for it", () => {
    const usage = { prompt_tokens_details: { audio_tokens: 400 } };
    expect(costOf(call({ model: "gpt-4o-audio-preview", usage })).reason).toBe("no_rate");
    expect(costOf(call({ model: "gpt-4o-audio-preview" })).reason).toBe(null);
  });

  test("has no price where some of it must have been cached, and nothing says how much", () => {
    const usage = { prompt_tokens_details: { audio_tokens: 400 } };
    const unclear = call({ model: "gpt-realtime", cache_read_tokens: 900, usage });
    expect(costOf(unclear).reason).toBe("bad_usage");
  });
});

test("web searches that Anthropic made are paid for", () => {
  const searched = call({ usage: { server_tool_use: { web_search_requests: 3 } } });
  expect(costOf(searched).usd).toBeCloseTo(0.0045 + 0.03, 12);
});

test("nothing is fetched, and no connection made", () => {
  const fetched = vi.spyOn(globalThis, "fetch");
  const connected = vi.spyOn(Socket.prototype, "connect");
  for (const model of ["never-seen-before", "gpt-5.1-codex", "o3"]) costOf(call({ model }));
  expect(fetched).not.toHaveBeenCalled();
  expect(connected).not.toHaveBeenCalled();
  vi.restoreAllMocks();
});
