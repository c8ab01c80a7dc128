import { recordIssues } from "@step-log/core";
import { strToU8, zipSync } from "fflate";
import { expect, test } from "vitest";
import { collect, document, lines } from "../support/collect.ts";

async function valid(...args: Parameters<typeof collect>) {
  const { records, bad } = await collect(...args);
  expect(bad).toEqual([]);
  expect(records.flatMap(recordIssues)).toEqual([]);
  return records;
}

test("Codex: a total that is told again is no further call", async () => {
  const usage = {
    input_tokens: 100,
    cached_input_tokens: 60,
    output_tokens: 9,
    reasoning_output_tokens: 4,
  };
  const count = (total: number) => ({
    timestamp: "2026-04-23T20:24:00.000Z",
    type: "event_msg",
    payload: {
      type: "token_count",
      info: { total_token_usage: { total_tokens: total }, last_token_usage: usage },
    },
  });
  const meta = {
    id: "c1",
    model_provider: "openai",
    source: { subagent: { thread_spawn: { parent_thread_id: "p1", depth: 1 } } },
  };
  const records = await valid(
    lines(
      { timestamp: "2026-04-23T20:23:58.000Z", type: "session_meta", payload: meta },
      {
        timestamp: "2026-04-23T20:23:59.000Z",
        type: "turn_context",
        payload: { model: "gpt-5.4" },
      },
      count(109),
      count(109),
      count(218),
    ),
  );
  expect(records.filter((it) => it.type === "llm_call")).toMatchObject(
    Array(2).fill({
      model: "gpt-5.4",
      provider: "openai",
      input_tokens: 100,
      cache_read_tokens: 60,
      reasoning_tokens: 4,
    }),
  );
  expect(records[0]).toMatchObject({ run_id: "c1", parent_run_id: "p1", root_run_id: "p1" });
});

test("pi: cached tokens, which it counts beside, are part of the input", async () => {
  const usage = { input: 5, output: 7, cacheRead: 100, cacheWrite: 20, cost: { total: 0.1 } };
  const message = {
    role: "assistant",
    content: [],
    provider: "anthropic",
    model: "m",
    usage,
    stopReason: "stop",
  };
  const records = await valid(
    lines(
      { type: "session", id: "p1", cwd: "/", timestamp: "2025-11-20T23:33:50.000Z" },
      {
        type: "message",
        timestamp: "2025-11-20T23:33:52.000Z",
        message: { ...message, timestamp: 1_763_681_631_000 },
      },
    ),
  );
  expect(records[1]).toMatchObject({
    type: "llm_call",
    input_tokens: 125,
    output_tokens: 7,
    duration_ms: 1_000,
    usage,
  });
});

test("OpenAI messages: a list alone, in an object, or several, laid out or on one line", async () => {
  const call = { id: "c1", type: "function", function: { name: "add", arguments: '{"a":1}' } };
  const messages = [
    { role: "user", content: "Add." },
    { role: "assistant", content: null, tool_calls: [call] },
    { role: "tool", tool_call_id: "c1", content: "Error: no b" },
  ];
  const sources = [
    document(messages),
    lines(messages),
    document({ messages }),
    lines({ messages }),
    lines([messages]),
  ];
  for (const source of sources) {
    const records = await valid(source, { name: "sums" });
    expect(records.map((it) => it.type)).toEqual(["run_start", "event", "llm_call", "tool_call"]);
    expect(records[2]).toMatchObject({
      run_id: "sums-1",
      model: null,
      input_tokens: null,
      output_tokens: null,
    });
    expect(records[3]).toMatchObject({
      tool: "add",
      input: { a: 1 },
      error: "Error: no b",
      duration_ms: null,
    });
  }
});

test("Python's records come as they are, types and keys that are not known too", async () => {
  const records = [
    {
      run_id: "r",
      step: 1,
      type: "llm_call",
      model: "m",
      input_tokens: 1,
      output_tokens: 2,
      stop_reason: "end_turn",
      duration_ms: 3,
      ts: 1748107200.123,
    },
    { run_id: "r", step: 2, type: "thinking", text: "later", ts: 1748107201 },
  ];
  expect((await collect(lines(...records))).records).toEqual(records);
  const { bad } = await collect(lines(records[0], { run_id: "r" }));
  expect(bad).toMatchObject([{ reason: "step: missing" }]);
});

const eval_ = {
  version: 2,
  eval: { run_id: "e1", task: "sums", created: "2025-05-12T20:00:00Z", model: "openai/gpt-4o" },
  plan: {},
};
const usage = { input_tokens: 10, output_tokens: 2, total_tokens: 42, input_tokens_cache_read: 30 };
const model = {
  event: "model",
  timestamp: "2025-05-12T20:00:01Z",
  completed: "2025-05-12T20:00:03Z",
  model: "anthropic/claude",
  input: [{ role: "user", content: "attachment://0123456789abcdef0123456789abcdef" }],
  output: {
    model: "claude-x",
    choices: [{ message: { role: "assistant", content: "2" }, stop_reason: "stop" }],
    usage,
  },
};
const sample = {
  id: 1,
  epoch: 1,
  uuid: "s1",
  input: "1+1",
  messages: [],
  events: [model],
  attachments: { "0123456789abcdef0123456789abcdef": "What is 1+1?" },
};

test("Inspect: an .eval gives the same records as the .json", async () => {
  const done = { ...eval_, status: "success", stats: {}, results: {} };
  const whole = await valid(document({ ...done, samples: [sample] }));
  const zip = zipSync({
    "_journal/start.json": strToU8(JSON.stringify(eval_)),
    "samples/1_epoch_1.json": strToU8(JSON.stringify(sample)),
    "header.json": strToU8(JSON.stringify(done)),
  });
  expect(await valid(zip)).toEqual(whole);
  const own = whole.filter((it) => it.run_id === "s1");
  expect(own[0]).toMatchObject({ parent_run_id: "e1", task_type: "sums" });
  expect(own.find((it) => it.type === "event")).toMatchObject({
    data: { role: "user", content: "What is 1+1?" },
  });
  // Here the cache is counted beside the input, as the total shows.
  expect(own.find((it) => it.type === "llm_call")).toMatchObject({
    model: "claude-x",
    provider: "anthropic",
    input_tokens: 40,
    cache_read_tokens: 30,
    duration_ms: 2_000,
  });
});

test("Inspect: a zip that is cut off gives the samples that it holds, and says so", async () => {
  const zip = zipSync({
    "_journal/start.json": strToU8(JSON.stringify(eval_)),
    "samples/1_epoch_1.json": strToU8(JSON.stringify(sample)),
    "samples/2_epoch_1.json": strToU8(
      JSON.stringify({
        ...sample,
        id: 2,
        uuid: "s2",
        metadata: Array.from({ length: 3_000 }, (_, i) => i * i),
      }),
    ),
  });
  const { records, bad } = await collect(zip.subarray(0, Math.floor(zip.length * 0.7)));
  expect(records.some((it) => it.run_id === "s1" && it.type === "llm_call")).toBe(true);
  expect(bad.length).toBeGreaterThan(0);
});

test("OTLP: spans of others, under the present names and the earlier ones", async () => {
  const attribute = ([key, value]: [string, unknown]) => ({
    key,
    value:
      typeof value === "number"
        ? { intValue: String(value) }
        : Array.isArray(value)
          ? { arrayValue: { values: value.map((it) => ({ stringValue: it })) } }
          : { stringValue: value },
  });
  const span = (id: string, name: string, start: number, attributes: object, more = {}) => ({
    traceId: "a".repeat(32),
    spanId: id,
    name,
    startTimeUnixNano: `${start}000000000`,
    endTimeUnixNano: `${start + 2}000000000`,
    attributes: Object.entries(attributes).map(attribute),
    ...more,
  });
  const spans = [
    span(
      "2",
      "chat",
      1748107201,
      {
        "gen_ai.operation.name": "chat",
        "gen_ai.system": "openai",
        "gen_ai.request.model": "gpt",
        "gen_ai.usage.prompt_tokens": 9,
        "gen_ai.usage.completion_tokens": 3,
        "gen_ai.usage.cache_creation.input_tokens": 4,
        "gen_ai.response.finish_reasons": ["stop"],
      },
      { parentSpanId: "1" },
    ),
    span(
      "3",
      "execute_tool add",
      1748107203,
      { "gen_ai.tool.name": "add", "gen_ai.tool.call.arguments": '{"a":1}' },
      { parentSpanId: "1", status: { code: 2, message: "no b" } },
    ),
    span("1", "invoke_agent sums", 1748107200, {
      "gen_ai.operation.name": "invoke_agent",
      "gen_ai.agent.name": "sums",
    }),
    span("4", "GET /", 1748107204, { "http.request.method": "GET" }),
  ];
  const records = await valid(
    document({ resourceSpans: [{ resource: {}, scopeSpans: [{ spans }] }] }),
  );
  expect(records).toMatchObject([
    { type: "run_start", run_id: "a".repeat(32), agent: { name: "sums" } },
    {
      type: "llm_call",
      provider: "openai",
      model: "gpt",
      input_tokens: 9,
      output_tokens: 3,
      cache_write_tokens: 4,
      stop_reason: "stop",
      duration_ms: 2_000,
      ts: 1748107203,
    },
    { type: "tool_call", tool: "add", input: { a: 1 }, output: null, error: "no b" },
    { type: "event", name: "GET /", data: { attributes: { "http.request.method": "GET" } } },
  ]);
});

test("ATIF: trajectories of others, with their sub-agents", async () => {
  const inner = {
    schema_version: "ATIF-v1.7",
    session_id: "t2",
    agent: { name: "helper" },
    steps: [{ step_id: 1, source: "user", message: "help" }],
  };
  const records = await valid(
    document({
      schema_version: "ATIF-v1.7",
      session_id: "t1",
      agent: { name: "sums", version: "1", model_name: "m" },
      steps: [
        { step_id: 1, source: "user", message: "Add." },
        {
          step_id: 2,
          timestamp: "2026-01-01T00:00:00Z",
          source: "agent",
          message: "I add.",
          tool_calls: [{ tool_call_id: "c", function_name: "add", arguments: { a: 1 } }],
          observation: { results: [{ source_call_id: "c", content: "1" }] },
          metrics: { prompt_tokens: 10, completion_tokens: 2 },
        },
      ],
      subagent_trajectories: [inner],
    }),
  );
  expect(records.map((it) => it.type)).toEqual([
    "run_start",
    "event",
    "llm_call",
    "event",
    "tool_call",
    "run_start",
    "event",
  ]);
  expect(records[2]).toMatchObject({
    model: "m",
    input_tokens: 10,
    output_tokens: 2,
    cache_read_tokens: null,
  });
  expect(records[4]).toMatchObject({ tool: "add", tool_call_id: "c", output: "1" });
  expect(records[5]).toMatchObject({ run_id: "t2", parent_run_id: "t1" });
});

test("managed agents: calls are timed by the events around them", async () => {
  const stream = (event: object) => ["client.beta.sessions.events.stream", event];
  const at = (second: number) => `2026-07-06T14:16:0${second}Z`;
  const counts = {
    input_tokens: 2,
    output_tokens: 50,
    cache_read_input_tokens: 700,
    cache_creation_input_tokens: 0,
  };
  const records = await valid(
    lines(
      [
        "client.beta.sessions.create",
        {
          id: "sesn_1",
          type: "session",
          created_at: at(0),
          agent: { name: "A", version: 1, model: { id: "claude-x" } },
        },
      ],
      stream({ id: "sevt_1", type: "span.model_request_start", processed_at: at(1) }),
      stream({
        id: "sevt_2",
        type: "agent.custom_tool_use",
        name: "weather",
        input: { in: "Prague" },
        processed_at: at(2),
      }),
      stream({
        id: "sevt_3",
        type: "span.model_request_end",
        model_request_start_id: "sevt_1",
        model_usage: counts,
        processed_at: at(3),
      }),
      stream({
        id: "sevt_4",
        type: "user.custom_tool_result",
        custom_tool_use_id: "sevt_2",
        content: [{ type: "text", text: "rain" }],
        is_error: true,
        processed_at: at(5),
      }),
    ),
  );
  expect(records).toMatchObject([
    { type: "run_start", run_id: "sesn_1" },
    { type: "llm_call", model: "claude-x", input_tokens: 702, duration_ms: 2_000 },
    { type: "tool_call", tool: "weather", error: "rain", duration_ms: 3_000 },
  ]);
});

test("SWE-agent and mini-SWE-agent: a step is a call of the model and a command", async () => {
  const swe = await valid(
    document({
      trajectory: [
        {
          action: "ls",
          observation: "a.ts",
          response: "I look.",
          thought: "I look.",
          execution_time: 0.25,
        },
      ],
      history: [
        { role: "system", content: "Solve." },
        { role: "assistant", content: "I look." },
      ],
      info: { exit_status: "exit_cost" },
    }),
  );
  expect(swe.map((it) => it.type)).toEqual([
    "run_start",
    "event",
    "llm_call",
    "event",
    "tool_call",
    "event",
    "run_end",
  ]);
  expect(swe[4]).toMatchObject({ input: { command: "ls" }, output: "a.ts", duration_ms: 250 });
  expect(swe[6]).toMatchObject({ status: "error", error: "exit_cost" });
  const mini = await valid(
    document({
      info: { exit_status: "Submitted", mini_version: "1.0" },
      trajectory_format: "mini-swe-agent-1",
      messages: [
        { role: "user", content: "Solve." },
        {
          role: "assistant",
          content: "```bash\nls\n```",
          extra: { response: { model: "m", usage: { prompt_tokens: 9, completion_tokens: 1 } } },
        },
        { role: "user", content: "<returncode>2</returncode>\n<output></output>" },
      ],
    }),
  );
  expect(mini.find((it) => it.type === "llm_call")).toMatchObject({ model: "m", input_tokens: 9 });
  expect(mini.find((it) => it.type === "tool_call")).toMatchObject({
    tool: "bash",
    input: { command: "ls" },
    error: "exit code 2",
  });
  expect(mini.at(-1)).toMatchObject({ type: "run_end", status: "ok" });
});

test("HAR and streams of a provider: the usage of the last event counts", async () => {
  const events = [
    {
      type: "message_start",
      message: {
        id: "m1",
        model: "claude-x",
        usage: { input_tokens: 8, cache_read_input_tokens: 2, output_tokens: 1 },
      },
    },
    { type: "content_block_delta", delta: { text: "hi" } },
    { type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { output_tokens: 30 } },
  ];
  const expected = {
    model: "claude-x",
    response_id: "m1",
    input_tokens: 10,
    cache_read_tokens: 2,
    output_tokens: 30,
  };
  const streamed = await valid(lines(...events, { type: "message_stop" }));
  expect(streamed.filter((it) => it.type === "llm_call")).toMatchObject([
    { ...expected, stop_reason: "end_turn" },
  ]);
  const body = events.map((it) => `event: ${it.type}\ndata: ${JSON.stringify(it)}\n\n`).join("");
  const entry = {
    startedDateTime: "2026-01-01T00:00:00Z",
    time: 500,
    request: {
      method: "POST",
      url: "https://api.anthropic.com/v1/messages",
      headers: [{ name: "X-Api-Key", value: `sk-ant-${"a1".repeat(20)}` }],
      postData: { text: "{}" },
    },
    response: { status: 200, statusText: "OK", headers: [], content: { text: body } },
  };
  const archived = await valid(document({ log: { version: "1.2", entries: [entry] } }));
  expect(archived.find((it) => it.type === "llm_call")).toMatchObject({
    ...expected,
    provider: "anthropic",
    duration_ms: 500,
  });
  expect(archived.find((it) => it.type === "wire_call")).toMatchObject({
    request: { headers: { "x-api-key": expect.stringContaining("[REDACTED") } },
  });
});

test("what claims to be a record of ours, in an export, and is none, is told", async () => {
  const difference = {
    stringValue: JSON.stringify({ set: { run_id: 7, type: "bad_line" }, unset: [] }),
  };
  const span = { attributes: [{ key: "step_log.difference", value: difference }] };
  const forged = await collect(document({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] }));
  expect(forged).toMatchObject({
    records: [],
    bad: [{ reason: expect.stringContaining("run_id") }],
  });
});
