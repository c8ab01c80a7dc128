import { describe, expect, expectTypeOf, test, vi } from "vitest";
import { memorySink, StepLog, type StepLogOptions } from "../src/index.ts";

/** A log without a header. */
function logged(options: Omit<StepLogOptions, "sink"> = {}) {
  const sink = memorySink();
  return { sink, log: new StepLog({ runId: "r1", run: false, ...options, sink }) };
}

describe("tool", () => {
  test("records what went in and what came out, and gives it back", () => {
    const { log, sink } = logged();
    const output = { hits: 3 };
    expect(log.tool("search", { query: "q" }, () => output, { toolCallId: "call_1" })).toBe(output);
    expect(sink.records()).toMatchObject([
      {
        step: 1,
        type: "step_start",
        of: "tool_call",
        tool: "search",
        tool_call_id: "call_1",
        input: { query: "q" },
      },
      {
        step: 1,
        type: "tool_call",
        tool: "search",
        tool_call_id: "call_1",
        input: { query: "q" },
        output: { hits: 3 },
        error: null,
      },
    ]);
  });

  test("records what a promise came to, with the time that it took", async () => {
    vi.useFakeTimers();
    const { log, sink } = logged();
    const running = log.tool(
      "wait",
      1,
      () => new Promise((resolve) => setTimeout(resolve, 250, "done")),
    );
    expect(sink.records().map(({ type }) => type)).toEqual(["step_start"]);
    await vi.advanceTimersByTimeAsync(250);
    vi.useRealTimers();
    expect(await running).toBe("done");
    expect(sink.records()[1]).toMatchObject({
      type: "tool_call",
      output: "done",
      duration_ms: 250,
    });
  });

  test.each<[string, (error: unknown) => unknown]>([
    [
      "thrown",
      (error) => {
        throw error;
      },
    ],
    ["rejected", (error) => Promise.reject(error)],
  ])("records what was %s, and throws the very same on", async (_, fail) => {
    const { log, sink } = logged();
    const error = Object.assign(new Error("down"), { code: "ECONNREFUSED" });
    const caught = await (async () => log.tool("fetch", 1, () => fail(error)))().catch(
      (thrown) => thrown,
    );
    expect(caught).toBe(error);
    expect(sink.records()[1]).toMatchObject({
      type: "tool_call",
      output: null,
      error: "down",
      error_context: {
        type: "Error",
        message: "down",
        code: "ECONNREFUSED",
        frames: expect.arrayContaining([expect.objectContaining({ file: import.meta.filename })]),
      },
    });
  });

  test.each([undefined, null, "", 0, false])("records %j that was thrown as an error", (thrown) => {
    const { log, sink } = logged();
    const caught = vi.fn();
    try {
      void log.tool("t", 1, () => {
        throw thrown;
      });
    } catch (error) {
      caught(error);
    }
    expect(caught).toHaveBeenCalledWith(thrown);
    expect(sink.records()[1]).toMatchObject({ error: String(thrown) });
    expect(log.summarize().errorCount).toBe(1);
  });

  test("keeps the input as it was before the call", () => {
    const { log, sink } = logged();
    const input = { list: [1] };
    void log.tool("push", input, () => input.list.push(2));
    expect(sink.records().map((record) => (record as { input?: unknown }).input)).toEqual([
      { list: [1] },
      { list: [1] },
    ]);
  });

  test("counts what was redacted or cut of the input once for each record, and tells of the whole", () => {
    const { log, sink } = logged({ payload: { maxBytes: 1000 } });
    const text = "word ".repeat(1000);
    void log.tool("t", { password: "hunter2", text }, () => "done");
    const cut = {
      path: "/input/text",
      bytes: 5000,
      sha256: expect.stringMatching(/^[\da-f]{64}$/),
    };
    expect(sink.records()).toMatchObject([
      { type: "step_start", input: { password: "[REDACTED:named]" }, truncated: [cut] },
      {
        type: "tool_call",
        input: { password: "[REDACTED:named]" },
        truncated: [cut],
        output: "done",
      },
    ]);
    expect(log.stats()).toMatchObject({ redacted: 2, truncated: 2 });
  });

  test("gives numbers at the beginning, so that calls at once may end in any order", async () => {
    const { log, sink } = logged();
    const gates = [gate(), gate(), gate()];
    const outer = log.recordLlmCall({});
    const calls = gates.map(({ opened }, i) =>
      log.tool(`t${i}`, i, () => opened, { parentStep: outer }),
    );
    for (const i of [2, 0, 1]) {
      gates[i]?.open();
      await calls[i];
    }
    expect(sink.records().map(({ step, type, parent_step }) => [step, type, parent_step])).toEqual([
      [1, "llm_call", undefined],
      [2, "step_start", 1],
      [3, "step_start", 1],
      [4, "step_start", 1],
      [4, "tool_call", 1],
      [2, "tool_call", 1],
      [3, "tool_call", 1],
    ]);
    expect(log.summarize().unfinishedCount).toBe(0);
  });

  test("tells the function its number, for the steps within", () => {
    const { log, sink } = logged({ inFlight: false });
    void log.tool("outer", 1, ({ step }) =>
      log.tool("inner", 2, () => 3, { parentStep: step, tags: { a: "b" } }),
    );
    expect(sink.records()).toMatchObject([
      { tool: "inner", step: 2, parent_step: 1, tags: { a: "b" } },
      { tool: "outer", step: 1 },
    ]);
  });

  test("writes that it began before the function runs, unless inFlight is false", () => {
    for (const inFlight of [true, false]) {
      const { log, sink } = logged({ inFlight });
      const seen = log.tool("t", 1, () => sink.records().map(({ type }) => type));
      expect(seen).toEqual(inFlight ? ["step_start"] : []);
      expect(sink.records().at(-1)).toMatchObject({ type: "tool_call", step: 1 });
    }
  });

  test("leaves a rejection that nobody awaits unhandled, once, with the same error", async () => {
    const { log } = logged();
    const unhandled = vi.fn();
    // In place of the listeners of the test runner, for whom it would be a failure.
    const others = process.listeners("unhandledRejection");
    process.removeAllListeners("unhandledRejection").on("unhandledRejection", unhandled);
    const error = new Error("nobody looks");
    void log.tool("t", 1, () => Promise.reject(error));
    await new Promise(setImmediate);
    process.off("unhandledRejection", unhandled);
    for (const listener of others) process.on("unhandledRejection", listener);
    expect(unhandled.mock.calls.map(([reason]) => reason)).toEqual([error]);
  });
});

describe("wrapTool", () => {
  test("records each call, one argument as the input, several as a list", async () => {
    const { log, sink } = logged({ inFlight: false });
    const add = log.wrapTool("add", (a: number, b?: number) => a + (b ?? 1));
    const load = log.wrapTool("load", async () => "loaded");
    expect([add(1), add(1, 2), await load()]).toEqual([2, 3, "loaded"]);
    expect(sink.records()).toMatchObject([
      { tool: "add", input: 1, output: 2 },
      { tool: "add", input: [1, 2], output: 3 },
      { tool: "load", input: null, output: "loaded" },
    ]);
  });

  test("passes this on, so that a method may be wrapped where it is", () => {
    const { log } = logged();
    const store = {
      prefix: "> ",
      get: log.wrapTool("get", function (this: { prefix: string }, key: string) {
        return this.prefix + key;
      }),
    };
    expect(store.get("a")).toBe("> a");
  });

  test("gives its options to every call, and throws on what the function throws", () => {
    const { log, sink } = logged({ inFlight: false });
    const error = new Error("no");
    const fail = log.wrapTool(
      "fail",
      () => {
        throw error;
      },
      { tags: { a: "b" }, parentStep: 7 },
    );
    expect(fail).toThrow(error);
    expect(sink.records()).toMatchObject([
      { tool: "fail", error: "no", tags: { a: "b" }, parent_step: 7 },
    ]);
  });
});

test("the types say what comes at run time: a plain promise for whatever can be awaited", async () => {
  class ApiPromise<T> extends Promise<T> {
    asResponse(): void {}
  }
  const { log } = logged();
  const api = log.tool("t", 1, () => ApiPromise.resolve(7) as ApiPromise<number>);
  expectTypeOf(api).toEqualTypeOf<Promise<number>>();
  expect(api).not.toBeInstanceOf(ApiPromise);
  expectTypeOf(log.tool("t", 1, async () => "a")).toEqualTypeOf<Promise<string>>();
  expectTypeOf(log.tool("t", 1, () => 7)).toEqualTypeOf<number>();
  expectTypeOf(log.tool("t", 1, () => JSON.parse("7"))).toBeAny();
  expectTypeOf(log.tool("t", 1, (): number | Promise<number> => 7)).toEqualTypeOf<
    number | Promise<number>
  >();
  expectTypeOf(log.wrapTool("t", async (a: string) => a)).toEqualTypeOf<
    (a: string) => Promise<string>
  >();
  expectTypeOf(log.wrapTool("t", (a: string, b?: number) => a.length + (b ?? 0))).toEqualTypeOf<
    (a: string, b?: number) => number
  >();
  expectTypeOf(log.llm(() => ApiPromise.resolve(7) as ApiPromise<number>)).toEqualTypeOf<
    Promise<number>
  >();
  expectTypeOf(log.llm(() => 7)).toEqualTypeOf<number>();
  await log.llm(async () => ({ text: "a" }), { read: (result) => ({ model: result.text }) });
});

/** A promise, and what makes it resolve. */
function gate(): { opened: Promise<void>; open: () => void } {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}
