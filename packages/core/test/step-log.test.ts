import { afterEach, describe, expect, test, vi } from "vitest";
import { memorySink, provideRunContext, StepLog, type StepLogOptions } from "../src/index.ts";
import { broken, sinkWith } from "./entries.ts";

afterEach(() => provideRunContext(undefined));

/** A log over a memory sink. */
function logged(options: Omit<StepLogOptions, "sink"> = {}) {
  const sink = memorySink();
  return { sink, log: new StepLog({ runId: "r1", ...options, sink }) };
}

const UUID_V7 = /^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;

describe("step numbers", () => {
  test("begin with 1, behind the header, which is 0 and the first line", () => {
    const { log, sink } = logged();
    const given = [log.recordLlmCall({}), log.recordToolCall({ tool: "t" }), log.recordEvent("e")];
    log.end();
    expect(given).toEqual([1, 2, 3]);
    expect(sink.records().map(({ step, type }) => [step, type])).toEqual([
      [0, "run_start"],
      [1, "llm_call"],
      [2, "tool_call"],
      [3, "event"],
      [4, "run_end"],
    ]);
  });

  test("are the same without a header, and without an end", () => {
    const { log, sink } = logged({ run: false });
    log.recordEvent("e");
    log.end();
    expect(sink.records().map(({ step, type }) => [step, type])).toEqual([[1, "event"]]);
  });
});

describe("the run's id", () => {
  test("is the one that was given", () => {
    const { log, sink } = logged({ runId: "../a b" });
    expect([log.runId, sink.records()[0]?.run_id]).toEqual(["../a b", "../a b"]);
  });

  test("is a new UUID of version 7 by default", () => {
    const [one, two] = [new StepLog({ sink: memorySink() }), new StepLog({ sink: memorySink() })];
    expect(one.runId).toMatch(UUID_V7);
    expect(one.runId).not.toBe(two.runId);
  });

  test("is that of the current run context, with its parents", () => {
    provideRunContext(() => ({ runId: "ambient", parentRunId: "parent", rootRunId: "root" }));
    const sink = memorySink();
    const log = new StepLog({ sink });
    expect(log.runId).toBe("ambient");
    expect(sink.records()[0]).toMatchObject({
      run_id: "ambient",
      parent_run_id: "parent",
      root_run_id: "root",
    });
  });

  test("that was given goes before the context, whose parents are not its own", () => {
    provideRunContext(() => ({ runId: "ambient", parentRunId: "parent" }));
    expect(logged().sink.records()[0]).toMatchObject({ run_id: "r1", parent_run_id: null });
  });

  test("may name the current run itself, and then has its parents too", () => {
    provideRunContext(() => ({ runId: "r1", parentRunId: "parent", parentStep: 7 }));
    expect(logged().sink.records()[0]).toMatchObject({
      run_id: "r1",
      parent_run_id: "parent",
      parent_step: 7,
    });
  });

  test("is had by one log as its first writer, by others of its context as further ones", () => {
    let logs = 0;
    provideRunContext(() => ({ runId: "r1", join: () => logs++ > 0 }));
    const sink = memorySink();
    for (const name of ["first", "second"]) new StepLog({ sink }).recordEvent(name);
    logged({ runId: "other" }); // joins nothing
    expect(logs).toBe(2);
    const seen = sink.records().map(({ type, step, writer }) => [type, step, writer?.length]);
    expect(seen).toEqual([
      ["run_start", 0, undefined],
      ["event", 1, undefined],
      ["event", 2, 8],
    ]);
  });

  test("does not depend on a context that throws", () => {
    provideRunContext(broken);
    expect(new StepLog({ sink: memorySink() }).runId).toMatch(UUID_V7);
  });

  test("is well-formed, as it is stored, so that a sink finds it again", () => {
    const { log, sink } = logged({ runId: "a\ud800" });
    log.recordEvent("e");
    expect(log.runId).toBe("a\ufffd");
    expect(sink.lastStep?.(log.runId)).toBe(1);
  });
});

test("tags of the log stand in every record, those of a step go before them", () => {
  const { log, sink } = logged({ tags: { customer: "acme", tier: "a" } });
  log.recordEvent("e", 1, { tags: { tier: "b", extra: "c" } });
  log.end();
  expect(sink.records().map(({ tags }) => tags)).toEqual([
    { customer: "acme", tier: "a" },
    { customer: "acme", tier: "b", extra: "c" },
    { customer: "acme", tier: "a" },
  ]);
});

test("a parent step is named by the steps within", () => {
  const { log, sink } = logged({ run: false });
  const outer = log.recordLlmCall({});
  log.recordToolCall({ tool: "t", parentStep: outer });
  expect(sink.records()[1]).toMatchObject({ step: 2, parent_step: 1 });
});

describe("resume", () => {
  const resumed = (lastStep: () => unknown) => {
    const sink = Object.assign(memorySink(), { lastStep: lastStep as () => number });
    const log = new StepLog({ runId: "r1", sink, resume: true });
    log.recordEvent("e");
    return sink.records();
  };

  test("goes on with the numbers, under a writer of its own, without another header", () => {
    const sink = memorySink();
    new StepLog({ runId: "r1", sink }).recordEvent("before");
    const log = new StepLog({ runId: "r1", sink, resume: true });
    expect(log.recordEvent("after")).toBe(2);
    log.end();
    expect(
      sink.records().map(({ step, type, writer }) => [step, type, writer === undefined]),
    ).toEqual([
      [0, "run_start", true],
      [1, "event", true],
      [2, "event", false],
      [3, "run_end", false],
    ]);
    const writers = new Set(
      sink
        .records()
        .slice(2)
        .map(({ writer }) => writer),
    );
    expect([...writers]).toEqual([expect.stringMatching(/^[\da-f]{8}$/)]);
  });

  test("has the writer that was given", () => {
    const { sink, log } = logged({ resume: true, writer: "w2" });
    log.recordEvent("e");
    expect(sink.records()).toMatchObject([{ step: 1, writer: "w2" }]);
  });

  test.each<[string, () => unknown]>([
    ["knows nothing of the run", () => undefined],
    ["throws when it is asked", broken],
  ])("begins with 1 where the sink %s", (_, lastStep) => {
    expect(resumed(lastStep)).toMatchObject([{ step: 1, writer: expect.any(String) }]);
  });
});

describe("child", () => {
  test("is a run of its own over the same sink, which names its parents for three generations", () => {
    const { log, sink } = logged();
    const child = log.child({ runId: "r2", parentStep: 5, run: { agent: { name: "sub" } } });
    const grandchild = child.child({ parentStep: 2 });
    expect(grandchild.runId).toMatch(UUID_V7);
    expect(sink.records()).toMatchObject([
      { run_id: "r1", parent_run_id: null, root_run_id: null },
      {
        run_id: "r2",
        parent_run_id: "r1",
        root_run_id: "r1",
        parent_step: 5,
        agent: { name: "sub" },
      },
      { run_id: grandchild.runId, parent_run_id: "r2", root_run_id: "r1", parent_step: 2 },
    ]);
  });

  test("of a run that has a parent itself has the same root", () => {
    const { log, sink } = logged({ run: { parentRunId: "p", rootRunId: "root" } });
    log.child({ runId: "c" });
    expect(sink.records("c")[0]).toMatchObject({ parent_run_id: "r1", root_run_id: "root" });
    const other = logged({ run: { parentRunId: "p" } });
    other.log.child({ runId: "c" });
    expect(other.sink.records("c")[0]).toMatchObject({ parent_run_id: "r1", root_run_id: "p" });
  });

  test("has numbers and totals of its own", () => {
    const { log, sink } = logged({ run: false });
    log.recordEvent("e");
    const child = log.child({ runId: "r2", run: {} });
    expect(child.recordEvent("e")).toBe(1);
    expect(log.recordEvent("e")).toBe(2);
    expect([log.summarize().totalSteps, child.summarize().totalSteps]).toEqual([2, 1]);
    expect(sink.records("r2").map(({ step }) => step)).toEqual([0, 1]);
  });

  test("has the parent's options, and its tags under those of the child", () => {
    const redact = vi.fn((record) => record);
    const { log, sink } = logged({ tags: { a: "1", b: "1" }, inFlight: false, redact });
    redact.mockClear();
    void log.child({ runId: "r2", tags: { b: "2" } }).tool("t", 1, () => 2);
    expect(redact).toHaveBeenCalledTimes(2);
    expect(sink.records("r2")).toMatchObject([
      { type: "run_start", tags: { a: "1", b: "2" } },
      { type: "tool_call", tags: { a: "1", b: "2" } },
    ]);
  });

  test("has no tags where there are none", () => {
    const { log, sink } = logged();
    log.child({ runId: "r2" });
    expect(sink.records("r2")[0]?.tags).toBeUndefined();
  });

  test("of a resumed log is no resumed log", () => {
    const { log, sink } = logged({ resume: true, writer: "w2" });
    log.child({ runId: "r2" }).recordEvent("e");
    expect(sink.records("r2").map(({ step, writer }) => [step, writer])).toEqual([
      [0, undefined],
      [1, undefined],
    ]);
  });

  test("has no header where the parent has none, unless one is asked for", () => {
    const { log, sink } = logged({ run: false });
    log.child({ runId: "r2" });
    log.child({ runId: "r3", run: {} });
    expect(sink.records().map(({ run_id, type }) => [run_id, type])).toEqual([["r3", "run_start"]]);
  });
});

describe("end", () => {
  test("writes how it went with the summary, once", () => {
    const { log, sink } = logged();
    log.recordLlmCall({ inputTokens: 10, outputTokens: 5 });
    log.end();
    log.end({ status: "error" });
    expect(sink.records().filter(({ type }) => type === "run_end")).toEqual([
      expect.objectContaining({
        status: "ok",
        error: null,
        error_context: null,
        summary: expect.objectContaining({ status: "ok", llm_call_count: 1, total_tokens: 15 }),
      }),
    ]);
  });

  test.each<[Parameters<StepLog["end"]>[0], object]>([
    [{ status: "cancelled" }, { status: "cancelled", error: null }],
    [
      { error: new RangeError("far") },
      { status: "error", error: "far", error_context: { type: "RangeError" } },
    ],
    [{ error: "far" }, { status: "error", error: "far", error_context: null }],
    [
      { status: "cancelled", error: "stop" },
      { status: "cancelled", error: "stop" },
    ],
    [{ error: null }, { status: "ok", error: null }],
    [{ status: "failed" as never }, { status: "error", error: null }],
    [
      { status: "ok", error: "recovered" },
      { status: "ok", error: "recovered" },
    ],
  ])("%j", (options, record) => {
    const { log, sink } = logged();
    log.end(options);
    expect(sink.records()[1]).toMatchObject(record);
  });

  test("leaves the log open for what comes late", () => {
    const { log, sink } = logged();
    log.end();
    expect(log.recordEvent("late")).toBe(2);
    expect(sink.records().at(-1)).toMatchObject({ type: "event", step: 2 });
  });
});

test("summarize agrees with the records, without reading them back", () => {
  const { log, sink } = logged();
  log.recordLlmCall({ model: "m", inputTokens: 10, outputTokens: 5, stopReason: "max_tokens" });
  log.recordToolCall({ tool: "t", error: "e", durationMs: 5 });
  expect(log.summarize()).toMatchObject({
    runId: "r1",
    totalSteps: 2,
    llmCallCount: 1,
    toolCallCount: 1,
    errorCount: 1,
    totalTokens: 15,
    tokenLimitCount: 1,
  });
  expect(sink.records()).toHaveLength(3);
});

test("no method of a log throws, whatever its sink does", async () => {
  const members = ["write", "flush", "close", "flushSync", "stats", "onError", "lastStep"];
  const sink = sinkWith(Object.fromEntries(members.map((member) => [member, broken])));
  const log = new StepLog({ sink, resume: true, onError: () => {} });
  expect(log.recordLlmCall({})).toBe(1);
  expect(log.recordToolCall({ tool: "t" })).toBe(2);
  expect(log.recordEvent("e")).toBe(3);
  expect(log.tool("t", 1, () => "result")).toBe("result");
  expect(await log.llm(async () => "answer")).toBe("answer");
  log.child().end();
  log.end();
  expect(log.stats()).toMatchObject({ recorded: 0, sink: null });
  await expect(log.flush()).rejects.toMatchObject({ code: "SINK_FAILED" });
  await log.close();
});
