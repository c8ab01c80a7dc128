import { describe, expect, test } from "vitest";
import {
  type LlmCall,
  memorySink,
  StepLog,
  type StepLogError,
  type StepLogOptions,
} from "../src/index.ts";
import { broken } from "./entries.ts";

function logged(options: Omit<StepLogOptions, "sink"> = {}) {
  const sink = memorySink();
  return { sink, log: new StepLog({ runId: "r1", run: false, ...options, sink }) };
}

const message = {
  id: "msg_1",
  model: "claude-sonnet-4-6-20260101",
  stop_reason: "end_turn",
  usage: {
    input_tokens: 3,
    output_tokens: 340,
    cache_read_input_tokens: 1000,
    cache_creation_input_tokens: null,
  },
};

test("records what the response says, and gives it back as it is", async () => {
  const { log, sink } = logged();
  expect(
    await log.llm(async () => message, { model: "claude-sonnet-4-6", provider: "anthropic" }),
  ).toBe(message);
  expect(sink.records()).toEqual([
    {
      run_id: "r1",
      step: 1,
      type: "step_start",
      of: "llm_call",
      model: "claude-sonnet-4-6",
      ts: expect.any(Number),
    },
    {
      run_id: "r1",
      step: 1,
      type: "llm_call",
      model: "claude-sonnet-4-6-20260101",
      provider: "anthropic",
      input_tokens: 1003,
      output_tokens: 340,
      cache_read_tokens: 1000,
      stop_reason: "end_turn",
      response_id: "msg_1",
      usage: message.usage,
      duration_ms: expect.any(Number),
      ts: expect.any(Number),
    },
  ]);
});

test("works without a promise too", () => {
  const { log, sink } = logged();
  expect(log.llm(() => message)).toBe(message);
  expect(sink.records()[1]).toMatchObject({ input_tokens: 1003 });
});

describe("what was known before", () => {
  const known: LlmCall = {
    model: "asked",
    inputTokens: 7,
    stopReason: "kept",
    attempt: 2,
    parentStep: 9,
    tags: { a: "b" },
  };

  test("stays where the response says nothing, or null", async () => {
    const { log, sink } = logged();
    await log.llm(async () => ({ model: null, usage: null, text: "answer" }), known);
    expect(sink.records()[1]).toMatchObject({
      model: "asked",
      input_tokens: 7,
      stop_reason: "kept",
      attempt: 2,
      parent_step: 9,
      tags: { a: "b" },
      output_tokens: null,
    });
  });

  test("stays where a read of one's own gives null or undefined, and gives way to what it knows", async () => {
    const { log, sink } = logged();
    const read = (): LlmCall => ({
      model: undefined as never,
      inputTokens: null,
      stopReason: "read",
      outputTokens: 0,
    });
    await log.llm(async () => "answer", { ...known, read });
    expect(sink.records()[1]).toMatchObject({
      model: "asked",
      input_tokens: 7,
      stop_reason: "read",
      output_tokens: 0,
    });
  });

  test("stands in the record of a call that failed, with the error", async () => {
    const { log, sink } = logged();
    const error = Object.assign(new Error("overloaded"), { code: 529 });
    await expect(log.llm(() => Promise.reject(error), known)).rejects.toBe(error);
    expect(sink.records()[1]).toMatchObject({
      model: "asked",
      input_tokens: 7,
      error: "overloaded",
      error_context: { code: "529" },
    });
  });
});

test.each<[string, unknown]>([
  ["throws", broken],
  ["gives nothing", () => null],
])(
  "a read that %s is told to onError; the call is recorded with what is known",
  async (_, read) => {
    const heard: StepLogError[] = [];
    const { log, sink } = logged({ onError: (error) => heard.push(error) });
    expect(await log.llm(async () => "answer", { model: "m", read: read as () => LlmCall })).toBe(
      "answer",
    );
    expect(sink.records()[1]).toMatchObject({ model: "m", input_tokens: null });
    expect(heard).toMatchObject([{ code: "CALLBACK_FAILED" }]);
    expect(log.stats().dropped).toBe(0);
  },
);

test("a response that throws when it is read is given back all the same", async () => {
  const { log, sink } = logged({ onError: () => {} });
  const response = Object.defineProperty({}, "model", { get: broken });
  expect(await log.llm(async () => response)).toBe(response);
  expect(sink.records()[1]).toMatchObject({ type: "llm_call", model: null });
});

test("the step's number is told to the function, and no start is written with inFlight false", () => {
  const { log, sink } = logged({ inFlight: false });
  expect(log.llm(({ step }) => step)).toBe(1);
  expect(sink.records().map(({ type }) => type)).toEqual(["llm_call"]);
});
