import { describe, expect, test } from "vitest";
import { type LlmCall, memorySink, recordIssues, StepLog } from "../src/index.ts";

/** The one record that `make` leaves. */
function recorded(make: (log: StepLog) => void): Record<string, unknown> {
  const sink = memorySink();
  make(new StepLog({ runId: "r1", sink, run: false }));
  expect(sink.lines).toHaveLength(1);
  const record = JSON.parse(sink.lines[0] ?? "");
  expect(recordIssues(record)).toEqual([]);
  return record;
}

const keysOf = (make: (log: StepLog) => void) => Object.keys(recorded(make)).join(" ");

describe("the two types of the Python library", () => {
  test("an llm_call has all its keys, however little is known, and null for what is not", () => {
    const { ts, ...rest } = recorded((log) => log.recordLlmCall({}));
    expect(rest).toEqual({
      run_id: "r1",
      step: 1,
      type: "llm_call",
      model: null,
      input_tokens: null,
      output_tokens: null,
      stop_reason: null,
      duration_ms: null,
    });
    expect(ts).toBeCloseTo(Date.now() / 1000, 0);
  });

  test("a tool_call has all its keys, however little is known, and null for what is not", () => {
    const { ts, ...rest } = recorded((log) => log.recordToolCall({ tool: "search" }));
    expect(rest).toEqual({
      run_id: "r1",
      step: 1,
      type: "tool_call",
      tool: "search",
      input: null,
      output: null,
      error: null,
      duration_ms: null,
    });
    expect(typeof ts).toBe("number");
  });

  test("the lines look as the Python library writes them", () => {
    const sink = memorySink();
    const log = new StepLog({ runId: "run-abc123", sink, run: false });
    log.recordLlmCall({
      model: "claude-sonnet-4-6",
      inputTokens: 1200,
      outputTokens: 340,
      stopReason: "tool_use",
      durationMs: 1840,
    });
    log.recordToolCall({
      tool: "search_documents",
      input: { query: "Q3 revenue" },
      output: { results: [] },
      durationMs: 240,
    });
    expect(sink.lines.map((line) => line.replace(/"ts":[\d.]+/, '"ts":0'))).toEqual([
      '{"run_id":"run-abc123","step":1,"type":"llm_call","model":"claude-sonnet-4-6","input_tokens":1200,"output_tokens":340,"stop_reason":"tool_use","duration_ms":1840,"ts":0}\n',
      '{"run_id":"run-abc123","step":2,"type":"tool_call","tool":"search_documents","input":{"query":"Q3 revenue"},"output":{"results":[]},"error":null,"duration_ms":240,"ts":0}\n',
    ]);
  });
});

describe("keys stand in one order: who and what, the payload, how long and when", () => {
  const full: Required<LlmCall> = {
    model: "m",
    provider: "p",
    inputTokens: 1,
    outputTokens: 2,
    cacheReadTokens: 3,
    cacheWriteTokens: 4,
    reasoningTokens: 5,
    stopReason: "end",
    durationMs: 6,
    timeToFirstTokenMs: 7,
    responseId: "id",
    attempt: 1,
    error: new Error("e"),
    usage: {},
    parentStep: 9,
    tags: { a: "b" },
  };

  test.each<[string, (log: StepLog) => void, string]>([
    [
      "llm_call",
      (log) => log.recordLlmCall(full),
      "run_id step type parent_step tags model provider input_tokens output_tokens cache_read_tokens cache_write_tokens reasoning_tokens stop_reason response_id attempt error error_context usage duration_ms time_to_first_token_ms ts",
    ],
    [
      "tool_call",
      (log) =>
        log.recordToolCall({
          tool: "t",
          toolCallId: "c",
          input: 1,
          output: 2,
          error: new Error("e"),
          durationMs: 3,
          parentStep: 9,
          tags: { a: "b" },
        }),
      "run_id step type parent_step tags tool tool_call_id input output error error_context duration_ms ts",
    ],
    [
      "event",
      (log) => log.recordEvent("decision", { a: 1 }, { parentStep: 9, tags: { a: "b" } }),
      "run_id step type parent_step tags name data ts",
    ],
  ])("%s", (_, make, keys) => {
    expect(keysOf(make)).toBe(keys);
  });

  test("run_start and run_end", () => {
    const sink = memorySink();
    new StepLog({ sink, writer: "w1" }).end();
    expect(sink.lines.map((line) => Object.keys(JSON.parse(line)).join(" "))).toEqual([
      "run_id step type writer schema agent task_type environment parent_run_id root_run_id metadata runtime ts",
      "run_id step type writer status error error_context summary ts",
    ]);
  });

  test("what was cut comes last", () => {
    const sink = memorySink();
    const log = new StepLog({ sink, run: false, payload: { maxBytes: 100 } });
    log.recordEvent("e", "x".repeat(200));
    expect(Object.keys(JSON.parse(sink.lines[0] ?? "")).at(-1)).toBe("truncated");
  });
});

describe("the header", () => {
  test("says what was given of the run, and where it runs", () => {
    const sink = memorySink();
    const agent = { name: "researcher", version: "1.2.0" };
    const run = { agent, taskType: "qa", environment: "test", metadata: { seed: 7 } };
    new StepLog({ runId: "r1", sink, run });
    expect(sink.records()).toEqual([
      {
        run_id: "r1",
        step: 0,
        type: "run_start",
        schema: "step-log/1",
        agent,
        task_type: "qa",
        environment: "test",
        parent_run_id: null,
        root_run_id: null,
        metadata: { seed: 7 },
        runtime: expect.objectContaining({ name: "node", pid: process.pid }),
        ts: expect.any(Number),
      },
    ]);
  });

  test("has null for a part of the agent that is not known", () => {
    const sink = memorySink();
    new StepLog({ sink, run: { agent: { name: "a" } } });
    expect(sink.records()[0]).toMatchObject({ agent: { name: "a", version: null } });
  });
});

describe("values of the wrong type", () => {
  const wrong: never = "7" as never;

  test.each([-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, wrong, null])(
    "a count that is %s is not known",
    (value) => {
      expect(
        recorded((log) => log.recordLlmCall({ inputTokens: value, attempt: value })),
      ).toMatchObject({
        input_tokens: null,
        attempt: null,
      });
    },
  );

  test.each([-0.5, Number.NaN, Number.NEGATIVE_INFINITY, wrong, null])(
    "a duration that is %s is not known",
    (value) => {
      const call: LlmCall = { durationMs: value, timeToFirstTokenMs: value };
      expect(recorded((log) => log.recordLlmCall(call))).toMatchObject({
        duration_ms: null,
        time_to_first_token_ms: null,
      });
    },
  );

  test("durations are kept to the microsecond", () => {
    expect(recorded((log) => log.recordLlmCall({ durationMs: 12.345678901 }))).toMatchObject({
      duration_ms: 12.346,
    });
  });

  test.each([-1, 0.5, wrong, Number.NaN])("a parent step that is %s is left out", (value) => {
    expect(keysOf((log) => log.recordEvent("e", 1, { parentStep: value }))).toBe(
      "run_id step type name data ts",
    );
  });

  test("tags become texts, whatever they are", () => {
    const tags: never = {
      text: "a",
      number: 1,
      nothing: null,
      list: [1],
      gone: undefined,
    } as never;
    expect(recorded((log) => log.recordEvent("e", 1, { tags }))).toMatchObject({
      tags: { text: "a", number: "1", nothing: "null", list: "[1]" },
    });
  });

  test.each(["text", 7, true])("tags that are %s are no tags", (value) => {
    expect(keysOf((log) => log.recordEvent("e", 1, { tags: value as never }))).not.toContain(
      "tags",
    );
  });

  test("what should be a text is put into words", () => {
    const call: LlmCall = { model: 7 as never, stopReason: { a: [1] } as never };
    expect(recorded((log) => log.recordLlmCall(call))).toMatchObject({
      model: "7",
      stop_reason: '{"a":[1]}',
    });
  });

  test.each([undefined, null])("a tool or an event called %s is unknown", (name) => {
    expect(recorded((log) => log.recordToolCall({ tool: name as never }))["tool"]).toBe("unknown");
    expect(recorded((log) => log.recordEvent(name as never))["name"]).toBe("unknown");
  });
});

describe("errors", () => {
  test("a text is the error, without a context", () => {
    expect(
      recorded((log) => log.recordToolCall({ tool: "t", error: "no such file" })),
    ).toMatchObject({
      error: "no such file",
    });
    expect(keysOf((log) => log.recordToolCall({ tool: "t", error: "e" }))).not.toContain("context");
  });

  test("an Error has its message as the error, and its context beside it", () => {
    const error = Object.assign(new RangeError("too far"), { code: "E_FAR" });
    expect(recorded((log) => log.recordToolCall({ tool: "t", error }))).toMatchObject({
      error: "too far",
      error_context: { type: "RangeError", message: "too far", code: "E_FAR", cause: null },
    });
  });

  test("an object without a message is put into words", () => {
    expect(
      recorded((log) => log.recordToolCall({ tool: "t", error: { status: 500 } })),
    ).toMatchObject({
      error: '{"status":500}',
      error_context: { type: "Object", message: "" },
    });
  });

  test.each([undefined, null])("%s is no error", (error) => {
    expect(recorded((log) => log.recordToolCall({ tool: "t", error }))["error"]).toBeNull();
    expect(keysOf((log) => log.recordToolCall({ tool: "t", error }))).not.toContain("context");
  });
});
