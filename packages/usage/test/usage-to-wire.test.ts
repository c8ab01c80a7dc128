import { expect, test } from "vitest";
import { usageOf, usageToWire } from "../src/index.ts";
import { call, start } from "./calls.ts";

const usage = usageOf([
  start("runOne", { task_type: "deepResearch" }),
  call({ run_id: "runOne", tags: { costCenter: "teamA" } }),
  call({ run_id: "runOne", model: "ourModel" }),
  call({ model: "__proto__" }),
]);

test("keys are in snake_case, and names of runs, models and tags as they are", () => {
  const wire = JSON.parse(JSON.stringify(usageToWire(usage.report())));
  expect(wire).toMatchObject({
    calls: 3,
    total_usd: 0.0045,
    unpriced_calls: 2,
    unpriced_reasons: { unknown_model: 2 },
    cache_savings_usd: 0,
    failed: { calls: 0, total_usd: 0, unpriced_calls: 0 },
    tokens: { input: 3000, cache_read: 0 },
    by_model: { ourModel: { total_usd: null, unpriced_calls: 1 } },
    by_run: {
      runOne: {
        task_type: "deepResearch",
        with_children: { unpriced_models: { ourModel: 1 } },
        input_growth: { first_tokens: 1000, tokens_per_turn: 0 },
      },
    },
    by_task_type: { deepResearch: { calls: 2 } },
    by_tag: { costCenter: { teamA: { total_usd: 0.0045 } } },
    price_list: { source: expect.stringContaining("genai-prices"), date: "2026-09-23" },
  });
  expect(Object.keys(wire.by_model)).toContain("__proto__");
  expect(JSON.stringify(Object.keys(wire))).not.toMatch(/[A-Z]/);
});

test("a period is written likewise", () => {
  expect(usageToWire(usage.since({ since: 0 }))).toMatchObject({ since: 0, total_usd: 0.0045 });
});
