import { isStepLogError, memorySink, StepLog, type StepRecord, teeSink } from "@step-log/core";
import { describe, expect, test, vi } from "vitest";
import {
  type BudgetEvent,
  type BudgetSinkOptions,
  budgetSink,
  type OwnPrice,
} from "../../src/index.ts";
import { call, start, TS } from "../calls.ts";

// A call costs a dollar for each million of its input tokens.
const prices: OwnPrice[] = [{ model: "m", usdPerMTok: { input: 1, output: 0 } }];
const dollars = (usd: number, keys = {}) => call({ model: "m", input_tokens: usd * 1e6, ...keys });

const watched = (options: Partial<BudgetSinkOptions>) => {
  const events: BudgetEvent[] = [];
  const sink = budgetSink({
    limits: [{ per: "run", usd: 10 }],
    prices,
    priceList: false,
    onThreshold: (event) => events.push(event),
    ...options,
  });
  const write = (...records: readonly StepRecord[]) => {
    for (const record of records) {
      sink.write({ runId: record.run_id, step: record.step, record, line: "\n" });
    }
  };
  return { sink, events, write };
};
const later = () => new Promise<void>((resolve) => queueMicrotask(resolve));
const told = (events: readonly BudgetEvent[]) =>
  events.map(({ per, scope, threshold }) => [per, scope, threshold]);

describe("events", () => {
  test("come at each threshold, once, in order, also where one call passes several", async () => {
    const { events, write } = watched({});
    write(dollars(4), dollars(5), dollars(0.5), dollars(2, { step: 7 }), dollars(50));
    await later();
    expect(told(events)).toEqual([
      ["run", "run-1", 0.5],
      ["run", "run-1", 0.8],
      ["run", "run-1", 1],
    ]);
    expect(events[2]).toEqual({
      per: "run",
      scope: "run-1",
      threshold: 1,
      limitUsd: 10,
      spentUsd: 11.5,
      unpricedCalls: 0,
      runId: "run-1",
      step: 7,
      ts: TS,
    });
  });

  test("come after the call that is being recorded", async () => {
    const { events, write } = watched({});
    write(dollars(9));
    expect(events).toEqual([]);
    await later();
    expect(events).toHaveLength(2);
  });

  test("come at thresholds of one's own, whatever their order", async () => {
    const { events, write } = watched({ thresholds: [2, 0.1, 0.1] });
    write(dollars(1), dollars(18), dollars(1));
    await later();
    expect(told(events).map(([, , share]) => share)).toEqual([0.1, 2]);
  });

  test("go to a bus under the kind of budget", async () => {
    const bus = { emit: vi.fn() };
    const { events, write } = watched({ bus, thresholds: [1] });
    write(dollars(10));
    await later();
    expect(bus.emit).toHaveBeenCalledExactlyOnceWith("budget.run", events[0]);
  });

  test("that are thrown at reach the other listener, and onError", async () => {
    const errors: string[] = [];
    const bus = { emit: () => Promise.reject(new Error("bus")) };
    const onThreshold = vi.fn(() => {
      throw new Error("listener");
    });
    const onError = ({ code, cause }: { code: string; cause?: unknown }) =>
      void errors.push(`${code} ${(cause as Error).message}`);
    const { write } = watched({ bus, onThreshold, onError, thresholds: [1] });
    write(dollars(10));
    await vi.waitFor(() => expect(errors).toHaveLength(2));
    expect(errors.sort()).toEqual(["CALLBACK_FAILED bus", "CALLBACK_FAILED listener"]);
    expect(onThreshold).toHaveBeenCalledOnce();
  });
});

describe("limits", () => {
  test("of a run count the runs below it as well", async () => {
    const { events, write, sink } = watched({ thresholds: [1] });
    const signal = sink.signal({ runId: "parent" });
    write(
      start("parent"),
      start("child", { parent_run_id: "parent" }),
      start("grandchild", { parent_run_id: "child" }),
      dollars(4, { run_id: "grandchild" }),
      dollars(4, { run_id: "child" }),
      dollars(4, { run_id: "parent" }),
      dollars(4, { run_id: "other" }),
    );
    await later();
    expect(told(events)).toEqual([["run", "parent", 1]]);
    expect(signal.aborted).toBe(true);
    // The child is within its own limit, but not within that of the run that it is part of.
    expect(sink.signal({ runId: "grandchild" }).aborted).toBe(true);
    expect(sink.signal({ runId: "other" }).aborted).toBe(false);
  });

  test("of a day begin anew with each day of the time zone", async () => {
    const limits = [{ per: "day", usd: 10 }] as const;
    const { events, write, sink } = watched({ limits, timeZone: "Asia/Tokyo", thresholds: [1] });
    const at = (time: string) => ({ ts: Date.parse(time) / 1000 });
    write(
      dollars(6, at("2026-01-01T14:59:59Z")),
      dollars(6, at("2026-01-01T15:00:00Z")),
      dollars(6, at("2026-01-02T14:00:00Z")),
    );
    await later();
    expect(told(events)).toEqual([["day", "2026-01-02", 1]]);
    expect(sink.signal(at("2026-01-02T00:00:00Z")).aborted).toBe(true);
    expect(sink.signal(at("2026-01-01T00:00:00Z")).aborted).toBe(false);
    expect(sink.signal({}).aborted).toBe(false);
  });

  test("of a tag count each value by itself, or the one that is named", async () => {
    const { events, write, sink } = watched({
      limits: [
        { per: "tag", tag: "customer", usd: 10 },
        { per: "tag", tag: "customer", value: "acme", usd: 5 },
      ],
      thresholds: [1],
    });
    write(
      dollars(6, { tags: { customer: "acme" } }),
      dollars(6, { tags: { customer: "other" } }),
      dollars(60, { tags: { user: "acme" } }),
      dollars(60),
    );
    await later();
    expect(told(events)).toEqual([["tag", "customer=acme", 1]]);
    expect(events[0]?.limitUsd).toBe(5);
    expect(sink.signal({ tags: { customer: "acme" } }).aborted).toBe(true);
    expect(sink.signal({ tags: { customer: "other" } }).aborted).toBe(false);
    expect(sink.statuses().map(({ scope, spentUsd }) => [scope, spentUsd])).toEqual([
      ["customer=acme", 6],
      ["customer=other", 6],
      ["customer=acme", 6],
    ]);
  });
});

describe("the signal", () => {
  test("is aborted before the call returns with which the limit is reached", () => {
    const { sink } = watched({});
    const log = new StepLog({ runId: "run-1", sink: teeSink(memorySink(), sink) });
    const signal = sink.signal({ runId: log.runId });
    log.recordLlmCall({ model: "m", inputTokens: 9_999_999, outputTokens: 0 });
    expect(signal.aborted).toBe(false);
    log.recordLlmCall({ model: "m", inputTokens: 1, outputTokens: 0 });
    expect(signal.aborted).toBe(true);
    expect(isStepLogError(signal.reason)).toBe(true);
    expect(signal.reason).toMatchObject({
      code: "BUDGET_EXCEEDED",
      message: "budget of run run-1: 10.00 of 10.00 US dollars are spent",
      details: { per: "run", scope: "run-1", spentUsd: 10, limitUsd: 10 },
    });
  });

  test("of several budgets is aborted by the first that is spent", () => {
    const limits = [
      { per: "run", usd: 10 },
      { per: "day", usd: 5 },
    ] as const;
    const { sink, write } = watched({ limits });
    const signal = sink.signal({ runId: "run-1", ts: TS });
    const reasons: unknown[] = [];
    signal.addEventListener("abort", () => reasons.push(signal.reason.details.per));
    write(dollars(6), dollars(6));
    expect(reasons).toEqual(["day"]);
  });

  test("is the same one each turn, and another one for a scope that began anew", () => {
    const limits = [
      { per: "run", usd: 10 },
      { per: "tag", tag: "customer", usd: 10 },
    ] as const;
    const { sink, write } = watched({ limits, maxScopes: 2 });
    const subject = { runId: "run-1", tags: { customer: "acme" } };
    const signal = sink.signal(subject);
    expect(sink.signal(subject)).toBe(signal);
    for (const run_id of ["run-2", "run-3"]) write(dollars(1, { run_id }));
    const anew = sink.signal(subject);
    write(dollars(10));
    expect([signal.aborted, anew.aborted]).toEqual([false, true]);
  });

  test("that is asked for too late is aborted at once, and of no budget never", () => {
    const { sink, write } = watched({});
    write(dollars(10));
    expect(sink.signal({ runId: "run-1" }).aborted).toBe(true);
    expect(sink.signal({}).aborted).toBe(false);
  });

  test("leaves records to be written as ever", () => {
    const { sink } = watched({});
    const store = memorySink();
    const log = new StepLog({ runId: "run-1", sink: teeSink(store, sink) });
    for (let i = 0; i < 9; i++)
      log.recordLlmCall({ model: "m", inputTokens: 9e6, outputTokens: 0 });
    expect(store.records("run-1").filter(({ type }) => type === "llm_call")).toHaveLength(9);
  });
});

test("calls whose price is not known are told once for each model, and stand in each status", () => {
  const onError = vi.fn();
  const { sink, write } = watched({ onError });
  const unknown = call({ model: "ours" });
  write(unknown, unknown, call({ model: "m", input_tokens: null }));
  expect(onError.mock.calls.map(([{ code, details }]) => [code, details])).toEqual([
    ["UNPRICED", { model: "ours", reason: "unknown_model" }],
    ["UNPRICED", { model: "m", reason: "no_usage" }],
  ]);
  expect(sink.statuses()).toMatchObject([{ spentUsd: 0, unpricedCalls: 3 }]);
});

test("a call that failed before it had any usage is not told of", () => {
  const onError = vi.fn();
  const { write } = watched({ onError });
  write(call({ model: "m", input_tokens: null, error: "429" }));
  expect(onError).not.toHaveBeenCalled();
});

test("what was spent before is counted without events", async () => {
  const { sink, events, write } = watched({ limits: [{ per: "day", usd: 10 }] });
  await sink.seed([dollars(6, { run_id: "yesterday" })]);
  await later();
  expect(events).toEqual([]);
  write(dollars(3));
  await later();
  expect(told(events)).toEqual([["day", "2025-11-22", 0.8]]);
  const store = memorySink();
  store.write({ runId: "r", step: 1, record: dollars(1), line: `${JSON.stringify(dollars(1))}\n` });
  await sink.seed(store);
  expect(sink.signal({ ts: TS }).aborted).toBe(true);
});

test("beyond as many scopes as are kept, those heard of longest ago begin anew", () => {
  const { sink, write } = watched({ maxScopes: 2 });
  for (const run_id of ["a", "b", "c"]) write(dollars(1, { run_id }));
  expect(sink.statuses().map(({ scope }) => scope)).toEqual(["b", "c"]);
});

test.each([
  [{ limits: [] }, "limits"],
  [{ limits: [{ per: "week", usd: 1 }] }, 'limits[0].per must be "run", "day" or "tag", not week'],
  [{ limits: [{ per: "run", usd: 0 }] }, "limits[0].usd"],
  [{ limits: [{ per: "run", usd: Number.NaN }] }, "limits[0].usd"],
  [{ limits: [{ per: "tag", usd: 1 }] }, "limits[0].tag"],
  [{ thresholds: [0] }, "thresholds"],
  [{ thresholds: 0.5 }, "thresholds"],
  [{ maxScopes: 0 }, "maxScopes"],
  [{ bus: {} }, "bus"],
  [{ onThreshold: "log" }, "onThreshold"],
  [{ timeZone: "Mars/Olympus" }, "timeZone"],
  [{ prices: [{}] }, "prices[0]"],
])("%j is refused", (options, what) => {
  const limits = [{ per: "run", usd: 1 }];
  const given = { limits, ...options } as unknown as BudgetSinkOptions;
  expect(() => budgetSink(given)).toThrow(TypeError);
  expect(() => budgetSink(given)).toThrow(what);
});
