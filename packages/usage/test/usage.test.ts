import type { StepRecord } from "@step-log/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Period, PRICE_LIST, Usage, type UsageOptions } from "../src/index.ts";
import { call, start, TS } from "./calls.ts";

const COST = 0.0045;
const report = (records: readonly StepRecord[], options?: UsageOptions) => {
  const usage = new Usage(options);
  for (const record of records) usage.add(record);
  return usage.report();
};

test("calls are summed up in all, by model, provider, task type, day and tag", () => {
  const found = report([
    start("run-1", { task_type: "research" }),
    call({ tags: { customer: "acme" } }),
    call({ tags: { customer: "other", env: "test" }, ts: TS + 86_400 }),
    call({ run_id: "run-2", model: "claude-opus-4-5", provider: "anthropic" }),
  ]);
  expect(found.calls).toBe(3);
  expect(found.totalUsd).toBeCloseTo(2 * COST + 0.0075, 12);
  expect(found.tokens).toMatchObject({ input: 3000, output: 300 });
  expect(found.byModel["claude-sonnet-4-5"]?.totalUsd).toBeCloseTo(2 * COST, 12);
  expect(found.byProvider["anthropic"]?.calls).toBe(3);
  expect(found.byTaskType["research"]?.calls).toBe(2);
  expect(found.byTaskType["(unknown)"]?.calls).toBe(1);
  expect(found.byDay["2025-11-22"]?.calls).toBe(2);
  expect(found.byDay["2025-11-23"]?.calls).toBe(1);
  expect(found.byTag["customer"]?.["acme"]?.totalUsd).toBeCloseTo(COST, 12);
  expect(found.byTag["env"]?.["test"]?.calls).toBe(1);
  expect(found.priceList).toEqual(PRICE_LIST);
});

test("no calls cost nothing; calls of which no price is known cost nobody knows what", () => {
  expect(report([])).toMatchObject({ calls: 0, totalUsd: 0, unpricedCalls: 0 });
  const unknown = report([call({ model: "ours" }), call({ model: "ours", input_tokens: null })]);
  expect(unknown).toMatchObject({ calls: 2, totalUsd: null, unpricedCalls: 2 });
  expect(unknown.byModel["ours"]?.totalUsd).toBe(null);
});

test("every sum says which of its calls it leaves out, and why", () => {
  const found = report([call(), call({ model: "ours" }), call({ output_tokens: null })]);
  expect(found.totalUsd).toBe(COST);
  expect(found.unpricedCalls).toBe(2);
  expect({ ...found.unpricedModels }).toEqual({ ours: 1, "claude-sonnet-4-5": 1 });
  expect({ ...found.unpricedReasons }).toEqual({ unknown_model: 1, no_usage: 1 });
  expect({ ...found.byRun["run-1"]?.unpricedModels }).toEqual({ ours: 1, "claude-sonnet-4-5": 1 });
});

test("failed and retried calls have sums of their own", () => {
  const { failed, retried } = report([
    call({ error: "overloaded", input_tokens: null, output_tokens: null }),
    call({ error: "aborted", attempt: 2 }),
    call({ attempt: 3 }),
    call({ attempt: 1, error: null }),
  ]);
  expect(failed).toEqual({ calls: 2, totalUsd: COST, unpricedCalls: 1 });
  expect(retried).toEqual({ calls: 2, totalUsd: 2 * COST, unpricedCalls: 0 });
});

test("what a cache spares is told, and what it cost where it did not pay", () => {
  const { cacheSavingsUsd } = report([call({ cache_read_tokens: 1000 })]);
  expect(cacheSavingsUsd).toBeCloseTo((1000 * 2.7) / 1e6, 12);
  const written = report([call({ cache_write_tokens: 1000 })]);
  expect(written.cacheSavingsUsd).toBeCloseTo((1000 * -0.75) / 1e6, 12);
});

describe("runs", () => {
  const children = [
    call({ run_id: "grandchild" }), // before the header that names its parent
    start("parent", { task_type: "research" }),
    start("child-1", { parent_run_id: "parent" }),
    start("child-2", { parent_run_id: "parent", task_type: "review" }),
    start("grandchild", { parent_run_id: "child-1" }),
    call({ run_id: "parent" }),
    call({ run_id: "child-1" }),
    call({ run_id: "child-1", model: "ours" }),
    call({ run_id: "child-2" }),
  ];

  test("have their own calls, and with those below them each once", () => {
    const { byRun, totalUsd } = report(children);
    const sums = Object.entries(byRun).map(([id, { calls, withChildren }]) => [
      id,
      calls,
      withChildren.calls,
      withChildren.unpricedCalls,
    ]);
    expect(Object.fromEntries(sums.map(([id, ...counts]) => [id, counts]))).toEqual({
      parent: [1, 5, 1],
      "child-1": [2, 3, 1],
      "child-2": [1, 1, 0],
      grandchild: [1, 1, 0],
    });
    expect(byRun["parent"]?.withChildren.totalUsd).toBeCloseTo(totalUsd ?? 0, 12);
  });

  test("are for the task of the nearest run above that says one", () => {
    const { byRun, byTaskType } = report(children);
    expect(byRun["grandchild"]?.taskType).toBe("research");
    expect(byTaskType["research"]?.calls).toBe(4);
    expect(byTaskType["review"]?.calls).toBe(1);
  });

  test("that name each other as parents have no children", () => {
    const { byRun } = report([
      start("a", { parent_run_id: "b" }),
      start("b", { parent_run_id: "a" }),
      start("self", { parent_run_id: "self" }),
      call({ run_id: "a" }),
      call({ run_id: "b" }),
      call({ run_id: "self" }),
    ]);
    for (const id of ["a", "b", "self"]) {
      expect(byRun[id]).toMatchObject({ calls: 1, taskType: null, withChildren: { calls: 1 } });
    }
  });

  test("may lie 5,000 deep", () => {
    const deep = Array.from({ length: 5000 }, (_, i) => [
      start(`run-${i}`, i === 0 ? {} : { parent_run_id: `run-${i - 1}` }),
      call({ run_id: `run-${i}` }),
    ]).flat();
    expect(report(deep).byRun["run-0"]?.withChildren.calls).toBe(5000);
  });

  test("whose ids are too long are summed up in one, with a run that is called so", () => {
    const ids = ["x".repeat(600), "y".repeat(600), "(other)", "run-1"];
    const { byRun, byTaskType, foldedRuns } = report(ids.map((run_id) => call({ run_id })));
    expect(byRun["(other)"]?.calls).toBe(3);
    expect(byTaskType["(unknown)"]?.calls).toBe(4);
    expect(foldedRuns).toBe(0);
  });

  test("above the limit are summed up in one, those heard of longest ago first", () => {
    const many = [
      start("run-0", { task_type: "research" }),
      ...["run-0", "run-1", "run-0", "run-2", "run-3"].map((run_id) => call({ run_id })),
    ];
    const { byRun, byTaskType, calls, foldedRuns } = report(many, { maxRuns: 2 });
    expect(Object.keys(byRun).sort()).toEqual(["(other)", "run-2", "run-3"]);
    expect(byRun["(other)"]?.calls).toBe(3);
    expect(byTaskType["research"]?.calls).toBe(2);
    expect({ calls, foldedRuns }).toEqual({ calls: 5, foldedRuns: 2 });
  });
});

describe("since", () => {
  const usage = new Usage();
  for (const hours of [0, 1, 2, 30]) usage.add(call({ ts: TS - hours * 3600 }));

  test("counts the last hours, to the second, from now or another time on", () => {
    expect(usage.since({ hours: 24, until: TS })).toMatchObject({
      calls: 3,
      totalUsd: 3 * COST,
      since: TS - 86_400,
    });
    expect(usage.since({ hours: 0.5, until: TS }).calls).toBe(1);
    expect(usage.since({ since: TS - 3600 }).calls).toBe(2);
    expect(new Usage().add(call({ ts: Date.now() / 1000 - 60 })).since({ hours: 1 }).calls).toBe(1);
  });

  test.each([
    {},
    { hours: -1 },
    { hours: "24" },
    { since: "now" },
    { hours: 1, until: Number.NaN },
  ])("refuses %j", (period) => {
    expect(() => usage.since(period as unknown as Period)).toThrow(TypeError);
  });
});

test("a report may be of a part of the time alone, with the headers of before", () => {
  const records = [
    start("run-1", { task_type: "research", ts: TS - 99 }),
    call(),
    call({ ts: TS + 9 }),
  ];
  expect(report(records, { since: TS + 1 })).toMatchObject({ calls: 1, totalUsd: COST });
  expect(report(records, { until: TS + 1 }).byTaskType["research"]?.calls).toBe(1);
  expect(report(records, { since: TS, until: TS + 9 }).calls).toBe(1);
});

test("days are those of the time zone", () => {
  const late = call({ ts: Date.parse("2026-01-01T23:30:00Z") / 1000 });
  expect(Object.keys(report([late], { timeZone: "Europe/Berlin" }).byDay)).toEqual(["2026-01-02"]);
});

test("bad lines and losses, which may have been calls, are told", () => {
  const dropped = { ...call(), type: "log_dropped", count: 3, bytes: 1, reason: "full" } as const;
  const usage = new Usage()
    .add({ type: "bad_line", offset: 0, bytes: 1, reason: "?" })
    .add(dropped);
  expect(usage.report()).toMatchObject({ badLines: 1, droppedCount: 3, calls: 0 });
});

test.each([
  [{ maxRuns: 0 }, "maxRuns"],
  [{ maxRuns: "9" }, "maxRuns"],
  [{ timeZone: "Mars/Olympus" }, "timeZone"],
  [{ since: Number.NaN }, "since"],
  [{ until: "2026" }, "until"],
  [{ prices: "cheap" }, "prices"],
])("%j is refused", (options, what) => {
  expect(() => new Usage(options as unknown as UsageOptions)).toThrow(TypeError);
  expect(() => new Usage(options as unknown as UsageOptions)).toThrow(what);
});

test("the parts of a report add up to the whole, whatever the order of the records", () => {
  const tokens = fc.oneof(fc.nat(300_000), fc.constant(null));
  const record = fc
    .record({
      run_id: fc.constantFrom("a", "b", "c"),
      model: fc.constantFrom("claude-sonnet-4-5", "gemini-2.5-pro", "ours", null),
      input_tokens: tokens,
      output_tokens: tokens,
      ts: fc.integer({ min: TS - 1e6, max: TS }),
    })
    .map(call);
  const property = fc.property(fc.array(record, { maxLength: 60 }), (records) => {
    const whole = report(records);
    for (const map of [
      whole.byModel,
      whole.byProvider,
      whole.byDay,
      whole.byRun,
      whole.byTaskType,
    ]) {
      const parts = Object.values(map);
      const sum = parts.reduce((total, part) => total + (part.totalUsd ?? 0), 0);
      expect(sum).toBeCloseTo(whole.totalUsd ?? 0, 9);
      for (const key of ["calls", "unpricedCalls"] as const) {
        expect(parts.reduce((total, part) => total + part[key], 0)).toBe(whole[key]);
      }
    }
    expect(report(records.toReversed()).totalUsd).toBeCloseTo(whole.totalUsd ?? 0, 12);
  });
  fc.assert(property);
});
