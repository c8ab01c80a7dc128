import type { LlmCallRecord, StepRecord } from "@step-log/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { budgetSink, costOf, usageOf, usageToWire } from "../src/index.ts";
import { call, start, TS } from "./calls.ts";

const hostile = fc.oneof(
  fc.anything(),
  fc.jsonValue(),
  fc.constantFrom(
    "NaN",
    "1e999",
    "-1",
    -1,
    -0,
    0.5,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.MAX_VALUE,
    Number.MAX_SAFE_INTEGER,
    "__proto__",
    "constructor",
    "x".repeat(600),
    "/",
    ":",
    "*",
  ),
);
const keys = [
  "run_id",
  "step",
  "model",
  "provider",
  "input_tokens",
  "output_tokens",
  "cache_read_tokens",
  "cache_write_tokens",
  "reasoning_tokens",
  "attempt",
  "error",
  "tags",
  "ts",
  "parent_run_id",
  "task_type",
  "count",
];
const usage = fc.record(
  Object.fromEntries(
    [
      "service_tier",
      "cache_creation",
      "server_tool_use",
      "prompt_tokens_details",
      "promptTokensDetails",
      "cacheTokensDetails",
    ].map((key) => [key, hostile]),
  ),
  { requiredKeys: [] },
);
const record = fc
  .tuple(
    fc.constantFrom("llm_call", "llm_call", "run_start", "log_dropped"),
    fc.record(Object.fromEntries(keys.map((key) => [key, hostile])), { requiredKeys: [] }),
    fc.oneof(usage, hostile),
  )
  .map(([type, values, given]) => ({ ...call(), ...values, type, usage: given }));

function expectFinite(value: unknown, path = ""): void {
  if (typeof value === "number") expect(Number.isFinite(value), path).toBe(true);
  if (typeof value !== "object" || value === null) return;
  for (const [key, inner] of Object.entries(value)) expectFinite(inner, `${path}.${key}`);
}

test("whatever a record holds, nothing throws and no sum is NaN or infinite", () => {
  const property = fc.property(fc.array(record, { maxLength: 8 }), (given) => {
    const records = given as unknown as StepRecord[];
    const budget = budgetSink({
      limits: [
        { per: "run", usd: 1 },
        { per: "day", usd: 1 },
        { per: "tag", tag: "a", usd: 1 },
      ],
      onError: () => {},
    });
    for (const it of records) {
      expectFinite(costOf(it as LlmCallRecord));
      budget.write({ runId: "run-1", step: 1, record: it, line: "\n" });
    }
    const added = usageOf(records);
    expectFinite(added.report());
    expectFinite(added.since({ since: 0 }));
    expectFinite(budget.statuses());
    expect(() => JSON.stringify(usageToWire(added.report()))).not.toThrow();
  });
  fc.assert(property, { numRuns: 3000 });
});

test("what is no record at all counts as a bad line", () => {
  const nothing = [null, undefined, 7, "text", [], {}] as unknown as StepRecord[];
  expect(usageOf(nothing).report()).toMatchObject({ calls: 0, badLines: nothing.length });
});

test("the largest counts there are come to a finite sum", () => {
  const most = Number.MAX_SAFE_INTEGER;
  const huge = call({ input_tokens: most, output_tokens: most, cache_read_tokens: most });
  const { totalUsd, byRun } = usageOf([huge, huge, call()]).report();
  expect(totalUsd).toBeGreaterThan(1e11);
  expectFinite(byRun);
});

test("100,000 models, runs and tags take a bounded amount of memory", () => {
  function* records() {
    for (let i = 0; i < 100_000; i++) {
      const run_id = `run-${i}`;
      yield start(run_id, { parent_run_id: `run-${i - 1}`, task_type: `task-${i}` });
      yield call({ run_id, model: `model-${i}`, tags: { [`tag-${i % 99}`]: `${i}` }, ts: TS + i });
    }
  }
  const report = usageOf(records(), { maxRuns: 1000 }).report();
  expect(report.calls).toBe(100_000);
  expect(Object.keys(report.byModel)).toHaveLength(1001);
  expect(Object.keys(report.byRun)).toHaveLength(1001);
  expect(Object.keys(report.byTaskType)).toHaveLength(1001);
  expect(Object.keys(report.byTag)).toHaveLength(51);
  expect(Object.keys(report.unpricedModels)).toHaveLength(101);
});
