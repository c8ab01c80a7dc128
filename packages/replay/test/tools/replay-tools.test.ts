import { memorySink, StepLog, type StepLogError } from "@step-log/core";
import { describe, expect, test } from "vitest";
import { type Divergence, Replay, replayTools } from "../../src/index.ts";
import { makeRun } from "../make-run.ts";

describe("tools of a recorded run", () => {
  test("give what was recorded, by input, whatever the order of keys", async () => {
    const run = await makeRun("r", [
      { tool: "add", input: { a: 1, b: 2 }, output: 3 },
      { tool: "add", input: { a: 2, b: 2 }, output: 4 },
    ]);
    const replayed = replayTools(run);
    expect(await replayed.tools["add"]?.({ b: 2, a: 2 })).toBe(4);
    expect(await replayed.call("add", { a: 1, b: 2 })).toBe(3);
    expect(replayed).toMatchObject({ answered: 2, divergences: [{ kind: "order" }] });
    expect(replayed.unused()).toEqual([]);
  });

  test("give results of the same input in the order in which they were recorded", async () => {
    const run = await makeRun("r", [
      { tool: "poll", input: {}, output: "waiting" },
      { tool: "poll", input: {}, output: "ready" },
    ]);
    const { call, divergences } = replayTools(run);
    expect([await call("poll", {}), await call("poll", {})]).toEqual(["waiting", "ready"]);
    expect(divergences).toEqual([]);
    await expect(call("poll", {})).rejects.toMatchObject({ details: { kind: "called_again" } });
  });

  test("take what was recorded of wrapped functions, with one argument, several or none", async () => {
    const sink = memorySink();
    const log = new StepLog({ sink });
    await log.wrapTool("two", async (a: number, b: Date) => `${a} ${b.getTime()}`)(1, new Date(5));
    await log.wrapTool("none", async () => "nothing")();
    await log.close();
    const { tools } = replayTools(await Replay.open(sink, log.runId));
    expect(await tools["two"]?.(1, new Date(5))).toBe("1 5");
    expect(await tools["none"]?.()).toBe("nothing");
  });

  test("know an input again of which a credential was not recorded", async () => {
    const input = { url: "https://example.org", api_key: "sk-ant-api03-0123456789abcdefghij" };
    const run = await makeRun("r", [{ tool: "get", input, output: 1 }]);
    expect(JSON.stringify(run.at(1)?.record)).toContain("[REDACTED");
    expect(await replayTools(run).call("get", input)).toBe(1);
  });

  test("throw the errors again that were recorded", async () => {
    class HttpError extends Error {
      override name = "HttpError";
      code = "E_HTTP";
    }
    const cause = new TypeError("socket closed");
    const run = await makeRun("r", [
      { tool: "get", input: 1, error: new HttpError("503 from upstream", { cause }) },
      { tool: "get", input: 2, error: new RangeError("too far") },
      { tool: "get", input: 3, error: "a mere text" },
    ]);
    const { call } = replayTools(run);
    const error = await failureOf(call("get", 1));
    expect(error).toMatchObject({
      name: "HttpError",
      message: "503 from upstream",
      code: "E_HTTP",
    });
    expect(error.cause).toBeInstanceOf(TypeError);
    await expect(call("get", 2)).rejects.toBeInstanceOf(RangeError);
    await expect(call("get", 3)).rejects.toThrow("a mere text");
  });

  test("are not shared with what the agent does to a result", async () => {
    const run = await makeRun("r", [{ tool: "list", input: {}, output: { items: [1] } }]);
    const result = (await replayTools(run).call("list", {})) as { items: number[] };
    result.items.push(2);
    expect(run.at(1)?.record).toMatchObject({ output: { items: [1] } });
  });
});

describe("an agent that leaves the recorded path", () => {
  const record = () =>
    makeRun("run-1", [
      { tool: "search", input: { query: "Q3" }, output: ["doc-7"] },
      { tool: "read", input: { id: "doc-7" }, output: "text" },
    ]);

  test("gets an error that says where, and what would have been next", async () => {
    const { call, divergences } = replayTools(await record());
    await call("search", { query: "Q3" });
    const error = await failureOf(call("read", { id: "doc-8" }));
    expect(error.code).toBe("REPLAY_DIVERGED");
    expect(error.message).toBe(
      "run run-1: read was called after 1 recorded calls, with an input that it was not given in the recorded run; step 2, read, was next",
    );
    expect(error.details).toMatchObject({ kind: "other_input", tool: "read", answered: 1 });
    expect(error.details?.["changes"]).toEqual([{ path: "/id", a: "doc-7", b: "doc-8" }]);
    await expect(call("delete_all", {})).rejects.toMatchObject({
      details: { kind: "unknown_tool" },
    });
    expect(divergences.map(({ kind }) => kind)).toEqual(["other_input", "unknown_tool"]);
  });

  test("is answered by a callback, with a value or an error of its own", async () => {
    const heard: Divergence[] = [];
    const { call, unused } = replayTools(await record(), {
      onDivergence(divergence) {
        heard.push(divergence);
        if (divergence.kind === "unknown_tool") throw new Error("no such tool");
        return "made up";
      },
    });
    expect(await call("search", { query: "Q4" })).toBe("made up");
    await expect(call("other", {})).rejects.toThrow("no such tool");
    expect(heard.map(({ expected }) => expected?.number)).toEqual([1, 1]);
    expect(unused()).toHaveLength(2);
  });

  test("gets what the tool gave next, where order is to decide", async () => {
    const { call, divergences, unused } = replayTools(await record(), { match: "order" });
    expect(await call("search", { query: "Q4" })).toEqual(["doc-7"]);
    expect(await call("read", { id: "doc-7" })).toBe("text");
    expect(divergences).toMatchObject([{ kind: "other_input", tool: "search" }]);
    expect(unused()).toEqual([]);
  });

  test("meets a call that never ended as one that has no result", async () => {
    const sink = memorySink();
    const log = new StepLog({ sink, runId: "run-2" });
    void log.tool("hang", { n: 1 }, () => new Promise(() => {}));
    const { call } = replayTools(await Replay.open(sink, "run-2"));
    await expect(call("hang", { n: 1 })).rejects.toMatchObject({ details: { kind: "unfinished" } });
  });

  test("cannot be told how by options that cannot be meant", async () => {
    const run = await record();
    expect(() => replayTools(run, { match: "name" as never })).toThrow(TypeError);
    expect(() => replayTools(run, { onDivergence: 1 as never })).toThrow(TypeError);
  });
});

/** What a promise rejects with. */
async function failureOf(promise: Promise<unknown>): Promise<Error & Partial<StepLogError>> {
  const thrown: unknown = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (thrown instanceof Error) return thrown;
  throw new Error("it did not reject");
}
