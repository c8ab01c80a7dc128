import { memorySink, StepLog, type StepRecord } from "@step-log/core";
import { describe, expect, test } from "vitest";
import { Replay } from "../src/index.ts";
import { recordAgent } from "./record-agent.ts";

describe("steps of a run", () => {
  test("stand in the order in which they began, each call as one", async () => {
    const { replay } = await recordAgent();
    expect(replay.steps.map(({ type, name, state }) => [type, name, state])).toEqual([
      ["run_start", null, "done"],
      ["llm_call", "claude-sonnet-4-6", "done"],
      ["tool_call", "search", "done"],
      ["tool_call", "fetch_page", "failed"],
      ["event", "guardrail", "done"],
      ["llm_call", "claude-sonnet-4-6", "done"],
      ["run_end", null, "done"],
    ]);
    expect(replay.steps.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(replay.length).toBe(7);
    expect(replay.at(-1)?.type).toBe("run_end");
    expect(replay.at(7)).toBeUndefined();
    expect(replay.byNumber(3)).toBe(replay.at(3));
  });

  test("are walked with a cursor that stays where there is nothing further", async () => {
    const { replay } = await recordAgent();
    expect(replay.current?.type).toBe("run_start");
    expect(replay.previous()).toBeUndefined();
    expect(replay.next()?.index).toBe(1);
    expect(replay.next(({ type }) => type === "llm_call")?.index).toBe(5);
    expect(replay.next(({ type }) => type === "llm_call")).toBeUndefined();
    expect(replay.current?.index).toBe(5);
    expect(replay.previous(({ state }) => state === "failed")?.index).toBe(3);
    expect(replay.seek(-1)?.type).toBe("run_end");
    expect(replay.seek(99)).toBeUndefined();
    expect(replay.current?.type).toBe("run_end");
  });

  test("are found by what they are, from either side", async () => {
    const { replay } = await recordAgent();
    const isModel = ({ type }: { readonly type: string }) => type === "llm_call";
    expect(replay.find(isModel)?.index).toBe(1);
    expect(replay.find(isModel, 2)?.index).toBe(5);
    expect(replay.findLast(isModel, 4)?.index).toBe(1);
    expect(replay.find(() => false)).toBeUndefined();
  });

  test("tell what failed, what was slow and where tokens went", async () => {
    const { replay } = await recordAgent();
    expect(replay.firstError()?.name).toBe("fetch_page");
    expect(replay.errors()).toHaveLength(1);
    expect(replay.slowest(1).map(({ durationMs }) => durationMs)).toEqual([1840]);
    expect(replay.heaviest().map(({ index }) => index)).toEqual([5, 1]);
    expect(replay.summary()).toMatchObject({ llmCallCount: 2, toolCallCount: 2, errorCount: 1 });
    expect(replay.totals()).toMatchObject({ llmCalls: 2, toolCalls: 2, events: 1, errors: 1 });
  });

  test("cost what the given function says, and what it does not know is counted", async () => {
    const { sink, runId } = await recordAgent();
    const costOf = ({ step }: StepRecord) => ({ usd: step === 1 ? 0.1 : null });
    const replay = await Replay.open(sink, runId, { costOf });
    expect(replay.totals()).toMatchObject({ costUsd: 0.1, unpricedCalls: 1 });
    const broken = await Replay.open(sink, runId, {
      costOf: () => {
        throw new Error("no");
      },
    });
    expect(broken.totals()).toMatchObject({ costUsd: null, unpricedCalls: 2 });
  });
});

test("a call that failed inside another comes before that as the first error", async () => {
  const sink = memorySink();
  const log = new StepLog({ sink });
  await log
    .tool("outer", {}, ({ step }) =>
      log.tool("inner", {}, () => Promise.reject(new Error("disk")), { parentStep: step }),
    )
    .catch(() => {});
  await log.close();
  const replay = await Replay.open(sink, log.runId);
  expect(replay.firstError()?.name).toBe("inner");
  expect(replay.errors().map(({ name }) => name)).toEqual(["inner", "outer"]);
});

test("a run that a source does not have is not found", async () => {
  await expect(Replay.open(memorySink(), "run-1")).rejects.toMatchObject({ code: "NOT_FOUND" });
});

test("records in memory are a run too, those of other runs left out", async () => {
  const { sink, runId } = await recordAgent();
  const other = { run_id: "other", step: 1, type: "event", ts: 1, name: "x", data: null } as const;
  const replay = Replay.of([...sink.records(), other]);
  expect(replay.runId).toBe(runId);
  expect(replay.length).toBe(7);
});

test("options that cannot be meant are told at once", async () => {
  const { sink, runId } = await recordAgent();
  await expect(Replay.open(sink, runId, { costOf: 3 as never })).rejects.toThrow(TypeError);
});
