import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { memorySink, StepLog } from "@step-log/core";
import { createTap } from "@step-log/tap";
import { costOf } from "@step-log/usage";
import { expect, test } from "vitest";
import { Replay, wireRequestBody } from "../../src/index.ts";
import { recordAgent } from "../record-agent.ts";

test("tells what was done and spent when a step began", async () => {
  const { sink, runId } = await recordAgent();
  const replay = await Replay.open(sink, runId, { costOf });
  const context = replay.contextAt(5);
  expect(context).toMatchObject({
    step: { index: 5, type: "llm_call" },
    totals: {
      llmCalls: 1,
      toolCalls: 2,
      events: 1,
      errors: 1,
      tokens: { input: 1200, output: 40 },
    },
    running: [],
    inside: [],
    lastError: { name: "fetch_page" },
    request: null,
  });
  expect(context?.totals.costUsd).toBeCloseTo(0.0042, 9);
  expect([...(context?.toolCalls ?? [])]).toEqual([
    ["search", 1],
    ["fetch_page", 1],
  ]);
  expect(context?.finished().map(({ index }) => index)).toEqual([0, 1, 2, 3, 4]);
  expect(replay.contextAt(0)).toMatchObject({ totals: { llmCalls: 0, costUsd: null } });
  expect(replay.contextAt(99)).toBeUndefined();
});

test("counts of what ran inside a step as done before the steps after it alone", async () => {
  const sink = memorySink();
  const log = new StepLog({ sink, runId: "r" });
  await log.tool("outer", {}, async ({ step }) => {
    log.recordLlmCall({ model: "m", inputTokens: 5, parentStep: step });
    await log.tool("inner", {}, async () => 1, { parentStep: step });
  });
  await log.close();
  const replay = await Replay.open(sink, "r");
  const inner = replay.find(({ name }) => name === "inner");
  const context = replay.contextAt(inner?.index ?? -1);
  expect(context?.inside.map(({ name }) => name)).toEqual(["outer"]);
  expect(context?.running.map(({ name }) => name)).toEqual(["outer"]);
  expect(context?.totals).toMatchObject({ llmCalls: 1, toolCalls: 0, tokens: { input: 5 } });
});

test("has the exact messages that the model was sent, where the wire was tapped", async () => {
  const answer = { id: "msg_1", type: "message", role: "assistant", model: "m", content: [] };
  const usage = { input_tokens: 3, output_tokens: 2 };
  const server = createServer((_, response) => {
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ ...answer, stop_reason: "end_turn", usage }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  try {
    const sink = memorySink();
    const log = new StepLog({ sink, runId: "r" });
    const tap = createTap({ sink });
    tap.recordInto(log);
    const { fetch } = tap;
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/messages`;
    const messages = [{ role: "user", content: "What was Q3?" }];
    const body = JSON.stringify({
      model: "m",
      system: "Be brief.",
      messages,
      tools: [{ name: "t" }],
    });
    const headers = { "anthropic-version": "2023-06-01" };
    await (await fetch(url, { method: "POST", body, headers })).text();
    await tap.flush();
    log.recordToolCall({ tool: "t", input: {}, output: 1 });
    await log.close();

    const replay = await Replay.open(sink, "r");
    expect(replay.steps.map(({ type }) => type)).toEqual([
      "run_start",
      "llm_call",
      "tool_call",
      "run_end",
    ]);
    const [, call, tool] = replay.steps;
    if (call === undefined || tool === undefined) throw new Error("there are four");
    expect(replay.wireCallsOf(call)).toHaveLength(1);
    for (const { index } of [call, tool]) {
      expect(replay.contextAt(index)?.request).toMatchObject({
        messages,
        instructions: "Be brief.",
        tools: [{ name: "t" }],
        call: { type: "wire_call", outcome: "complete" },
      });
    }
  } finally {
    server.close();
  }
});

test("exchanges of no step are steps of their own", () => {
  const wire = { run_id: "r", step: 1, type: "wire_call", ts: 5, writer: "tap-1" } as never;
  const replay = Replay.of([wire]);
  expect(replay.steps.map(({ type }) => type)).toEqual(["wire_call"]);
});

test("an exchange is found with its step, also when it was written first", () => {
  const wire = { run_id: "r", step: 1, type: "wire_call", ts: 5, writer: "tap-1", parent_step: 1 };
  const call = { run_id: "r", step: 1, type: "llm_call", ts: 6, model: "m" };
  const replay = Replay.of([wire as never]);
  expect(replay.length).toBe(1);
  for (const records of [
    [wire, call, wire],
    [call, wire],
  ]) {
    const linked = Replay.of(records as never[]);
    expect(linked.steps.map(({ type }) => type)).toEqual(["llm_call"]);
    expect(linked.steps.map((step) => linked.wireCallsOf(step))).toEqual([[wire]]);
  }
});

test.for([
  [{ input: "hello", instructions: "brief" }, ["hello"], "brief"],
  [{ contents: [1], systemInstruction: { parts: [] } }, [1], { parts: [] }],
  [{ messages: "text" }, ["text"], null],
  [[], null, null],
])("reads requests of other providers: %j", ([body, messages, instructions]) => {
  const request = { body: { encoding: "utf8", data: JSON.stringify(body) } };
  expect(wireRequestBody({ request } as never)).toMatchObject({ messages, instructions });
});

test("says nothing of a request that was cut, has no body, or is none", () => {
  for (const request of [{ body: { encoding: "utf8", data: '{"mess' } }, { body: null }, 3, null]) {
    expect(wireRequestBody({ request } as never)).toMatchObject({ body: null, messages: null });
  }
});
