// @ts-check
// One measurement in a process of its own: prices records in one of several ways.
import { calcPrice } from "@pydantic/genai-prices";
import { budgetSink, costOf, Usage } from "@step-log/usage";
import { report, task } from "./task.js";

const { variant, records } = task();
const DISTINCT = 10_000;
const MODELS = ["claude-sonnet-4-6", "gpt-5.1", "gemini-2.5-pro", "claude-opus-4-5-20251101"];

const lines = Array.from({ length: DISTINCT }, (_, i) => JSON.stringify(call(i)));
const calls = lines.map((line) => JSON.parse(line));
const entries = calls.map((record, i) => {
  const { run_id: runId, step } = record;
  return { runId, step, record, line: `${lines[i]}\n` };
});

/** @param {number} i */
function call(i) {
  return {
    run_id: `run-${i % 100}`,
    step: Math.floor(i / 100) + 1,
    type: "llm_call",
    model: MODELS[i % MODELS.length],
    input_tokens: 1200 + i * 7,
    output_tokens: 340 + (i % 90),
    cache_read_tokens: 1000 + i * 3,
    stop_reason: "tool_use",
    duration_ms: 1840.125,
    ts: 1764000000.5 + i,
  };
}

const usage = new Usage();
const budget = budgetSink({
  limits: [
    { per: "run", usd: 1e9 },
    { per: "day", usd: 1e9 },
  ],
});
const spent = () =>
  budget.statuses().reduce((sum, it) => sum + (it.per === "run" ? it.spentUsd : 0), 0);

/** @type {Record<string, (i: number) => number>} What each does with record `i`; US dollars where it tells at once. */
const PRICERS = {
  "JSON.parse of the line"(i) {
    JSON.parse(lines[i] ?? "");
    return 0;
  },
  "calcPrice of genai-prices"(i) {
    const { input_tokens, output_tokens, cache_read_tokens, model, ts } = calls[i];
    const tokens = { input_tokens, output_tokens, cache_read_tokens };
    return calcPrice(tokens, model, { timestamp: new Date(ts * 1000) })?.total_price ?? 0;
  },
  costOf: (i) => costOf(calls[i]).usd ?? 0,
  "Usage, add"(i) {
    usage.add(calls[i]);
    return 0;
  },
  "Usage, add of the parsed line"(i) {
    usage.add(JSON.parse(lines[i] ?? ""));
    return 0;
  },
  "budgetSink, write"(i) {
    const entry = entries[i];
    if (entry !== undefined) budget.write(entry);
    return 0;
  },
};

/** @param {number} count */
function priceAll(count) {
  let usd = 0;
  const price = PRICERS[variant];
  if (price === undefined) throw new TypeError(`no variant ${variant}`);
  for (let i = 0; i < count; i++) usd += price(i % DISTINCT);
  return usd;
}

const before = () => (usage.report().totalUsd ?? 0) + spent();
priceAll(records / 10);
const earlier = before();
const startedAt = performance.now();
const told = priceAll(records);
const seconds = (performance.now() - startedAt) / 1000;
report({ nanoseconds: (seconds * 1e9) / records, usd: told + before() - earlier, records });
