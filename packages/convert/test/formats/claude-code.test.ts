import { expect, test } from "vitest";
import { collect, lines } from "../support/collect.ts";

const AT = "2026-01-22T03:14:";

function assistant(id: string, second: number, content: object[], outputTokens: number, more = {}) {
  const usage = {
    input_tokens: 10,
    cache_read_input_tokens: 2_000,
    cache_creation_input_tokens: 300,
    output_tokens: outputTokens,
  };
  return {
    type: "assistant",
    sessionId: "s1",
    uuid: `${id}-${second}`,
    timestamp: `${AT}${second}.000Z`,
    version: "2.1.15",
    cwd: "/home/dev",
    requestId: "req_1",
    message: { id, role: "assistant", model: "claude-opus-4-5", content, stop_reason: null, usage },
    ...more,
  };
}

function result(id: string, second: number, content: unknown, more = {}) {
  return {
    type: "user",
    sessionId: "s1",
    uuid: `r-${id}`,
    timestamp: `${AT}${second}.000Z`,
    message: {
      role: "user",
      content: [{ type: "tool_result", tool_use_id: id, content, ...more }],
    },
  };
}

const use = (id: string, name: string, input: object) => ({ type: "tool_use", id, name, input });

test("one response on three lines is one call, with the usage of the last", async () => {
  const { records, bad } = await collect(
    lines(
      { type: "summary", summary: "Area", leafUuid: "x" },
      {
        type: "user",
        sessionId: "s1",
        uuid: "u",
        version: "2.1.15",
        timestamp: `${AT}10.000Z`,
        message: { role: "user", content: "go" },
      },
      assistant("m1", 12, [{ type: "text", text: "I look." }], 1),
      assistant("m1", 13, [use("t1", "Read", { path: "a.ts" })], 1),
      result("t1", 14, "no such file", { is_error: true }),
      assistant("m1", 15, [use("t2", "Read", { path: "b.ts" })], 42),
      result("t2", 17, "text"),
    ),
  );
  expect(bad).toEqual([]);
  const calls = records.filter((it) => it.type === "llm_call");
  expect(calls).toMatchObject([
    {
      run_id: "s1",
      response_id: "m1",
      input_tokens: 2_310,
      cache_read_tokens: 2_000,
      cache_write_tokens: 300,
      output_tokens: 42,
      duration_ms: 5_000,
      tags: { request_id: "req_1" },
    },
  ]);
  expect(records.filter((it) => it.type === "tool_call")).toMatchObject([
    {
      tool: "Read",
      tool_call_id: "t1",
      input: { path: "a.ts" },
      error: "no such file",
      duration_ms: 1_000,
    },
    { tool: "Read", tool_call_id: "t2", output: "text", error: null, duration_ms: 2_000 },
  ]);
  expect(records[0]).toMatchObject({
    type: "run_start",
    agent: { name: "claude-code", version: "2.1.15" },
  });
  const steps = records.map((it) => it.step).sort((a, b) => a - b);
  expect(steps).toEqual(steps.map((_, i) => i));
});

test("sub-agents in the same file are runs of their own, begun by a step of their parent", async () => {
  const inside = { isSidechain: true };
  const { records } = await collect(
    lines(
      assistant("m1", 10, [use("task", "Task", { prompt: "Find it" })], 5),
      {
        type: "user",
        sessionId: "s1",
        uuid: "c1",
        parentUuid: null,
        timestamp: `${AT}11.000Z`,
        message: { role: "user", content: "Find it" },
        ...inside,
      },
      assistant("m2", 12, [{ type: "text", text: "Found" }], 7, { parentUuid: "c1", ...inside }),
      result("task", 13, "Found"),
    ),
  );
  const [parent, child] = records.filter((it) => it.type === "run_start");
  const task = records.find((it) => it.type === "tool_call");
  expect(child).toMatchObject({
    run_id: "s1.c1",
    parent_run_id: "s1",
    root_run_id: "s1",
    parent_step: task?.step,
  });
  expect(parent).toMatchObject({ run_id: "s1", parent_run_id: null });
  expect(records.find((it) => it.type === "llm_call" && it.response_id === "m2")?.run_id).toBe(
    "s1.c1",
  );
});

test("a sub-agent's own file names the session that it is of", async () => {
  const { records } = await collect(
    lines(assistant("m", 10, [], 1, { isSidechain: true, agentId: "a7" })),
  );
  expect(records[0]).toMatchObject({ run_id: "s1.a7", parent_run_id: "s1" });
});

test("what was asked for and never answered is a call that began", async () => {
  const { records } = await collect(
    lines(assistant("m1", 10, [use("t1", "Bash", { command: "sleep" })], 5)),
  );
  expect(records.at(-1)).toMatchObject({
    type: "step_start",
    tool: "Bash",
    tool_call_id: "t1",
    input: { command: "sleep" },
  });
});

test("lines of no known shape are events, with all that they hold", async () => {
  const strange = [{ silly: true }, "text", 7, [1, 2], null];
  const { records, bad } = await collect(lines(assistant("m1", 10, [], 1), ...strange));
  const events = records.filter((it) => it.type === "event").map((it) => it.data);
  expect(events).toEqual(strange);
  expect(bad).toEqual([]);
});

test("a response without usage has tokens that are not known", async () => {
  const line = assistant("m1", 10, [], 1);
  const { usage, ...message } = line.message;
  const { records } = await collect(lines({ ...line, message }));
  expect(records.find((it) => it.type === "llm_call")).toMatchObject({
    input_tokens: null,
    output_tokens: null,
    cache_read_tokens: null,
  });
});

test("records stand in the order in which they ended, however long a response is held open", async () => {
  const turns = Array.from({ length: 40 }, (_, i) => [
    assistant(`m${i}`, 10 + i, [use(`t${i}`, "Read", { path: `${i}.ts` })], i),
    result(`t${i}`, 10 + i, "text"),
  ]);
  const { records } = await collect(lines(...turns.flat()));
  expect(records.slice(1).map(({ step }) => step)).toEqual(
    Array.from({ length: 80 }, (_, i) => i + 1),
  );
});

test("a call stands where its last line does, before what came of it", async () => {
  const { records } = await collect(
    lines(
      assistant("m1", 12, [use("t1", "Read", { path: "a.ts" })], 1),
      result("t1", 14, "text"),
      assistant("m1", 15, [use("t2", "Read", { path: "b.ts" })], 42),
      result("t2", 17, "text"),
    ),
  );
  expect(records.map(({ type, ts }) => [type, ts % 60])).toEqual([
    ["run_start", 12],
    ["tool_call", 14],
    ["llm_call", 15],
    ["tool_call", 17],
  ]);
});

test("what waits behind a response is bounded", async () => {
  const message = { role: "user", content: "and" };
  const said = { type: "user", sessionId: "s1", uuid: "u", timestamp: `${AT}20.000Z`, message };
  const first = assistant("m1", 12, [{ type: "text", text: "I look." }], 1);
  const { records } = await collect(lines(first, ...Array.from({ length: 3_000 }, () => said)));
  expect(records.filter((it) => it.type === "llm_call")).toHaveLength(1);
  expect(records).toHaveLength(3_003);
});

test("sessions that stand one after the other in a file are all whole", async () => {
  const sessions = Array.from({ length: 40 }, (_, i) => [
    assistant(`m${i}`, 12, [use("t1", "Read", { path: "a.ts" })], 7, { sessionId: `s-${i}` }),
    { ...result("t1", 14, "text"), sessionId: `s-${i}` },
  ]);
  const { records, bad } = await collect(lines(...sessions.flat()));
  expect(bad).toEqual([]);
  const types = ["run_start", "llm_call", "tool_call"];
  for (let i = 0; i < 40; i++) {
    const own = records.filter((it) => it.run_id === `s-${i}`);
    expect(own.map(({ type }) => type)).toEqual(types);
  }
});
