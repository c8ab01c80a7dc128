import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { StepRecord } from "../../src/record.ts";
import type { BadLine } from "../../src/source.ts";
import { Summarizer } from "../../src/summary/summarizer.ts";
import type { Summary } from "../../src/summary/summary.ts";
import { llmCall, stepStart, toolCall, untrusted } from "./records.ts";

function summaryOf(...records: (StepRecord | BadLine)[]): Summary {
  const summarizer = new Summarizer();
  for (const record of records) summarizer.add(record);
  return summarizer.summary();
}

describe("Summarizer", () => {
  it("of one writer gives the same, where a step begins before it ends", () => {
    const [one, any] = [Summarizer.ofOneWriter(), new Summarizer()];
    for (let step = 1; step <= 3_000; step++) {
      const records = [stepStart(step), toolCall({ step, duration_ms: step })];
      // One in seven never ends, one in five has no beginning.
      for (const record of records.slice(step % 5 === 0 ? 1 : 0, step % 7 === 0 ? 1 : 2)) {
        one.add(record);
        any.add(record);
      }
    }
    expect(any.summary().unfinishedCount).toBe(343);
    expect(one.summary()).toEqual(any.summary());
  });

  it("sums up nothing to nothing", () => {
    expect(summaryOf()).toMatchObject({
      runId: null,
      runs: 0,
      totalSteps: 0,
      totalTokens: 0,
      unfinishedCount: 0,
      durationMs: 0,
      startedAt: null,
      endedAt: null,
      status: null,
    });
  });

  it("sums up the two lines of the Python library", () => {
    const summary = summaryOf(
      JSON.parse(
        '{"run_id":"run-abc123","step":1,"type":"llm_call","model":"claude-sonnet-4-6","input_tokens":1200,"output_tokens":340,"stop_reason":"tool_use","duration_ms":1840,"ts":1748107200.123}',
      ),
      JSON.parse(
        '{"run_id":"run-abc123","step":2,"type":"tool_call","tool":"search_documents","input":{"query":"Q3 revenue"},"output":{"results":[]},"error":null,"duration_ms":240,"ts":1748107202.456}',
      ),
    );
    const llm = { count: 1, p50: 1840, p95: 1840, p99: 1840, max: 1840, mean: 1840 };
    const tool = { count: 1, p50: 240, p95: 240, p99: 240, max: 240, mean: 240 };
    const tokens = { input: 1200, output: 340, cacheRead: 0, cacheWrite: 0, reasoning: 0 };
    const byModel = { calls: 1, errors: 0, callsWithoutUsage: 0, tokens, durationMs: llm };
    expect(JSON.parse(JSON.stringify(summary))).toEqual({
      runId: "run-abc123",
      runs: 1,
      totalSteps: 2,
      llmCallCount: 1,
      toolCallCount: 1,
      eventCount: 0,
      unfinishedCount: 0,
      totalTokens: 1540,
      tokens,
      llmCallsWithoutUsage: 0,
      errorCount: 0,
      tokenLimitCount: 0,
      droppedCount: 0,
      badLines: 0,
      durationMs: 4173,
      startedAt: 1748107198.283,
      endedAt: 1748107202.456,
      status: null,
      percentiles: { toolCall: tool, llmCall: llm },
      byModel: { "claude-sonnet-4-6": byModel },
      byTool: { search_documents: { calls: 1, errors: 0, durationMs: tool } },
      stopReasons: { tool_use: 1 },
    });
  });

  it("counts a whole run of every type", () => {
    const summary = summaryOf(
      untrusted({ run_id: "run-1", step: 0, type: "run_start", ts: 100 }),
      stepStart(1, { ts: 100.5 }),
      toolCall({ step: 1, ts: 101, error: "no such file" }),
      llmCall({ step: 2, ts: 102, error: "overloaded", input_tokens: null, output_tokens: null }),
      llmCall({ step: 3, ts: 103, cache_read_tokens: 1000, reasoning_tokens: 40 }),
      stepStart(4, { ts: 103 }),
      untrusted({ run_id: "run-1", step: 5, type: "event", name: "guardrail", data: 1, ts: 104 }),
      untrusted({ run_id: "run-1", step: 6, type: "log_dropped", count: 3, bytes: 9, ts: 105 }),
      untrusted({ run_id: "run-1", step: 7, type: "a_type_of_tomorrow", ts: 106 }),
      { type: "bad_line", offset: 0, bytes: 7, reason: "not JSON" },
      untrusted({ run_id: "run-1", step: 8, type: "run_end", status: "error", ts: 107 }),
    );
    expect(summary).toMatchObject({
      totalSteps: 4,
      llmCallCount: 2,
      toolCallCount: 1,
      eventCount: 1,
      unfinishedCount: 1,
      errorCount: 2,
      llmCallsWithoutUsage: 1,
      totalTokens: 1540,
      tokens: { input: 1200, cacheRead: 1000, reasoning: 40 },
      droppedCount: 3,
      badLines: 1,
      durationMs: 7000,
      status: "error",
    });
  });

  it("names the run and its status only when there is one run", () => {
    const end = (runId: string) => untrusted({ run_id: runId, type: "run_end", status: "ok" });
    expect(summaryOf(end("a"), end("a"))).toMatchObject({ runId: "a", runs: 1, status: "ok" });
    expect(summaryOf(end("a"), end("b"))).toMatchObject({ runId: null, runs: 2, status: null });
    expect(
      summaryOf(untrusted({ run_id: "a", type: "run_end", status: "great" })).status,
    ).toBeNull();
  });

  it("takes the last status when a run ended, was resumed and ended again", () => {
    const end = (status: string) => untrusted({ run_id: "a", type: "run_end", status });
    const first = () => new Summarizer().add(end("cancelled"));
    expect(first().add(end("ok")).summary().status).toBe("ok");
    expect(
      first()
        .merge(new Summarizer().add(end("ok")))
        .summary().status,
    ).toBe("ok");
    expect(first().merge(new Summarizer().add(toolCall())).summary().runs).toBe(2);
    expect(first().merge(new Summarizer()).summary().status).toBe("cancelled");
  });

  it.each([
    ["max_tokens", 1],
    ["length", 1],
    ["MAX_TOKENS", 1],
    ["max_output_tokens", 1],
    ["model_context_window_exceeded", 1],
    ["model_length", 1],
    ["ERROR_LIMIT", 1],
    ["end_turn", 0],
    ["lengthy", 0],
    ["STOP", 0],
  ])("takes the stop reason %s for a limit of tokens %i times", (stop_reason, count) => {
    const summary = summaryOf(llmCall({ stop_reason }));
    expect(summary.tokenLimitCount).toBe(count);
    expect({ ...summary.stopReasons }).toEqual({ [stop_reason]: 1 });
  });

  it("keeps calls apart by model and by tool, the nameless under (unknown)", () => {
    const summary = summaryOf(
      llmCall({ model: "a" }),
      llmCall({ model: "b" }),
      llmCall({ model: null, stop_reason: null }),
      toolCall({ tool: "x", error: "boom" }),
      toolCall({ tool: "x", duration_ms: 10 }),
    );
    expect(Object.keys(summary.byModel)).toEqual(["a", "b", "(unknown)"]);
    expect(summary.byTool["x"]).toMatchObject({ calls: 2, errors: 1, durationMs: { p50: 125 } });
    expect({ ...summary.stopReasons }).toEqual({ tool_use: 2 });
  });

  it("takes the time from the beginning of the first step to the end of the last", () => {
    const summary = summaryOf(
      toolCall({ ts: 200, duration_ms: 1000 }),
      toolCall({ ts: 199.5, duration_ms: 10_000 }),
      toolCall({ ts: 150_000, duration_ms: Number.MAX_VALUE }),
    );
    expect(summary).toMatchObject({ startedAt: 189.5, endedAt: 150_000, durationMs: 149_810_500 });
  });

  it("never takes -0 for a time", () => {
    expect(summaryOf(toolCall({ ts: 0, duration_ms: 5e-324 })).startedAt).toBe(0);
    expect(summaryOf(toolCall({ ts: -0 }))).toMatchObject({ startedAt: 0, endedAt: 0 });
  });

  describe("unfinished calls", () => {
    it("are those that began and did not end, each writer's on its own", () => {
      const summary = summaryOf(
        stepStart(1),
        stepStart(2),
        stepStart(2, { writer: "w" }),
        stepStart(2, { run_id: "run-2" }),
        llmCall({ step: 2 }),
      );
      expect(summary.unfinishedCount).toBe(3);
    });

    it("may begin in one part of a log and end in another, merged in either order", () => {
      const first = () => new Summarizer().add(stepStart(1)).add(stepStart(2));
      const second = () => new Summarizer().add(toolCall({ step: 2 })).add(toolCall({ step: 3 }));
      expect(first().merge(second()).summary().unfinishedCount).toBe(1);
      expect(second().merge(first()).summary().unfinishedCount).toBe(1);
    });

    it("are the same in whatever order and parts the log was read", () => {
      const step = fc.record({
        ends: fc.boolean(),
        begun: fc.nat(),
        ended: fc.nat(),
        parts: fc.tuple(fc.nat(3), fc.nat(3)),
      });
      fc.assert(
        fc.property(fc.array(step), (steps) => {
          const lines = steps.flatMap(({ ends, begun, ended, parts }, index) => [
            { at: begun, part: parts[0], record: stepStart(index) },
            ...(ends ? [{ at: ended, part: parts[1], record: toolCall({ step: index }) }] : []),
          ]);
          lines.sort((a, b) => a.at - b.at);
          const summarizers = [0, 1, 2, 3].map(() => new Summarizer());
          for (const { part, record } of lines) summarizers[part]?.add(record);
          const merged = new Summarizer();
          for (const each of summarizers) merged.merge(each);
          const unfinished = steps.filter(({ ends }) => !ends).length;
          expect(merged.summary().unfinishedCount).toBe(unfinished);
        }),
      );
    });

    it("are found after any number of calls that had no beginning", () => {
      const summarizer = new Summarizer();
      for (let step = 1; step <= 5000; step++) summarizer.add(toolCall({ step }));
      summarizer
        .add(stepStart(5001))
        .add(stepStart(5002))
        .add(toolCall({ step: 5001 }));
      expect(summarizer.summary().unfinishedCount).toBe(1);
    });
  });

  describe("of hostile records", () => {
    it("never throws, and gives a summary that JSON can carry", () => {
      const value = fc.oneof(
        fc.jsonValue({ maxDepth: 2 }),
        fc.constantFrom(
          "__proto__",
          "constructor",
          -1,
          1e308,
          Number.POSITIVE_INFINITY,
          0.5,
          "tool_call",
        ),
      );
      const type = fc.constantFrom(
        ...["run_start", "llm_call", "tool_call", "step_start", "event", "run_end"],
        ...["log_dropped", "bad_line", "toString", "__proto__"],
      );
      const keys = [
        ...["run_id", "step", "ts", "writer", "model", "tool", "input_tokens", "output_tokens"],
        ...["cache_read_tokens", "stop_reason", "duration_ms", "error", "status", "count"],
      ];
      const record = fc
        .tuple(type, fc.dictionary(fc.constantFrom(...keys), value))
        .map(([name, rest]) => ({ ...rest, type: name }));
      fc.assert(
        fc.property(fc.array(fc.oneof(record, value)), (records) => {
          const summary = summaryOf(...records.map(untrusted));
          // NaN and infinities would come back as null.
          expect(JSON.parse(JSON.stringify(summary))).toEqual(plain(summary));
          expect(sum(Object.values(summary.byTool).map(({ calls }) => calls))).toBe(
            summary.toolCallCount,
          );
          expect(sum(Object.values(summary.byModel).map(({ calls }) => calls))).toBe(
            summary.llmCallCount,
          );
        }),
        { numRuns: 500 },
      );
    });

    it("counts what is no object as a bad line", () => {
      const records = [null, undefined, 5, "text", true].map(untrusted);
      expect(summaryOf(...records)).toMatchObject({ badLines: 5, totalSteps: 0, runs: 0 });
    });

    it("keeps a tool named __proto__ as any other, and the prototype clean", () => {
      const summary = summaryOf(
        toolCall({ tool: "__proto__" }),
        toolCall({ tool: "constructor" }),
        llmCall({ model: "__proto__", stop_reason: "__proto__" }),
      );
      expect(Object.keys(summary.byTool)).toEqual(["__proto__", "constructor"]);
      expect(Object.values(summary.byTool).map(({ calls }) => calls)).toEqual([1, 1]);
      expect(Object.keys(summary.byModel)).toEqual(["__proto__"]);
      expect(Object.keys(summary.stopReasons)).toEqual(["__proto__"]);
      expect(({} as Record<string, unknown>)["calls"]).toBeUndefined();
    });

    it("takes no malformed count for a number", () => {
      const summary = summaryOf(
        untrusted({ ...llmCall(), input_tokens: "5", output_tokens: -5, reasoning_tokens: 0.5 }),
        untrusted({ ...llmCall(), input_tokens: 7, output_tokens: {}, duration_ms: "x" }),
        untrusted({ type: "log_dropped", count: "many" }),
      );
      expect(summary).toMatchObject({ totalTokens: 7, llmCallsWithoutUsage: 1, droppedCount: 0 });
      expect(summary.percentiles.llmCall.count).toBe(1);
    });

    it("keeps 1,000 tools and puts the rest under (other), merged too", () => {
      const part = (from: number) => {
        const summarizer = new Summarizer();
        for (let index = 0; index < 1500; index++) {
          summarizer.add(toolCall({ tool: `tool-${from + index}` }));
        }
        return summarizer;
      };
      for (const summarizer of [part(0).merge(part(5000)), part(0).merge(part(0))]) {
        const { byTool, toolCallCount } = summarizer.summary();
        expect(Object.keys(byTool)).toHaveLength(1001);
        expect(sum(Object.values(byTool).map(({ calls }) => calls))).toBe(3000);
        expect(toolCallCount).toBe(3000);
        expect(byTool["(other)"]?.calls).toBeGreaterThanOrEqual(1000);
      }
    });

    it("keeps no name above 512 characters", () => {
      const long = "x".repeat(513);
      const summary = summaryOf(toolCall({ tool: long }), toolCall({ run_id: long }));
      expect(Object.keys(summary.byTool)).toEqual(["(other)", "search"]);
      expect(summary.runs).toBe(2);
    });

    it("counts runs and open calls up to 100,000", () => {
      const summarizer = new Summarizer();
      for (let index = 0; index < 100_010; index++) {
        summarizer.add(stepStart(1, { run_id: `run-${index}` }));
      }
      expect(summarizer.summary()).toMatchObject({ runs: 100_000, unfinishedCount: 100_000 });
    });
  });

  it("gives the same when records are summed up in parts and merged", () => {
    const record = fc.oneof(
      fc
        .record({
          tool: fc.constantFrom("a", "b", "__proto__"),
          duration_ms: fc.option(fc.double({ min: 0, max: 1e6, noNaN: true })),
          error: fc.option(fc.constant("boom")),
          step: fc.nat(20),
          run_id: fc.constantFrom("run-1", "run-2"),
        })
        .map(toolCall),
      fc
        .record({
          model: fc.constantFrom("m", null),
          input_tokens: fc.option(fc.nat()),
          output_tokens: fc.option(fc.nat()),
          stop_reason: fc.constantFrom("end_turn", "length", null),
          ts: fc.integer({ min: 1, max: 1e9 }),
        })
        .map(llmCall),
      fc.constantFrom(
        untrusted({ run_id: "run-1", type: "run_end", status: "ok", ts: 5 }),
        untrusted({ run_id: "run-1", type: "event", ts: 6 }),
        untrusted({ run_id: "run-1", type: "log_dropped", count: 2 }),
        untrusted(null),
      ),
    );
    fc.assert(
      fc.property(fc.array(fc.array(record)), (parts) => {
        const merged = new Summarizer();
        for (const part of parts) {
          const summarizer = new Summarizer();
          for (const each of part) summarizer.add(each);
          merged.merge(summarizer);
        }
        expect(withoutMeans(merged.summary())).toEqual(withoutMeans(summaryOf(...parts.flat())));
      }),
    );
  });
});

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** The same with ordinary objects, as JSON gives them. */
function plain(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}

/** Sums of doubles depend on their order in the last digits. */
function withoutMeans(summary: Summary): unknown {
  return JSON.parse(JSON.stringify(summary, (key, value) => (key === "mean" ? 0 : value)));
}
