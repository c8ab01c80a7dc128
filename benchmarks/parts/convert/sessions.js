// @ts-check
import { closeSync, openSync, writeSync } from "node:fs";

const BATCH_BYTES = 1024 * 1024;
const TURNS_A_SESSION = 200;
// What a tool gives: source text, as it mostly is, with a few characters beyond ASCII in one of ten.
const SOURCE =
  'export function area({ width, height }: Shape): number {\n\treturn width * height; // "m²"\n}\n\n';
const PLAIN = SOURCE.replace("²", "2");
const OUTPUTS = [200, 900, 2_400, 6_000, 400].map((length) => PLAIN.repeat(100).slice(0, length));
const WORDS =
  "The function takes a shape and gives its area; a test is missing for an empty one. ".repeat(4);

/** @typedef {(session: number, turn: number, at: Date) => unknown[]} Turn The entries of one call of a model and of a tool. */

/** @type {Turn} */
function claudeCode(session, turn, at) {
  const id = `${session}-${turn}`;
  const common = {
    parentUuid: `uuid-${id}`,
    isSidechain: false,
    userType: "external",
    cwd: "/home/dev/project",
    sessionId: `session-${session}`,
    version: "2.1.15",
    gitBranch: "main",
    timestamp: at.toISOString(),
  };
  const usage = {
    input_tokens: 10,
    cache_creation_input_tokens: 600,
    cache_read_input_tokens: 120_000 + turn,
    output_tokens: 300,
    service_tier: "standard",
  };
  const message = { model: "claude-opus-4-5", id: `msg_${id}`, type: "message", role: "assistant" };
  const text = { type: "text", text: WORDS };
  const use = {
    type: "tool_use",
    id: `toolu_${id}`,
    name: "Read",
    input: { file_path: `/home/dev/${turn}.ts` },
  };
  const content = output(turn);
  const result = { type: "tool_result", tool_use_id: use.id, content };
  return [
    {
      ...common,
      type: "assistant",
      uuid: `a${id}`,
      message: { ...message, content: [text], stop_reason: null, usage },
    },
    {
      ...common,
      type: "assistant",
      uuid: `b${id}`,
      message: { ...message, content: [use], stop_reason: null, usage },
    },
    {
      ...common,
      type: "user",
      uuid: `c${id}`,
      message: { role: "user", content: [result] },
      toolUseResult: {
        type: "text",
        file: { filePath: use.input.file_path, content, numLines: 40 },
      },
    },
  ];
}

/** @type {Turn} */
function codex(session, turn, at) {
  const timestamp = at.toISOString();
  const call_id = `call_${session}_${turn}`;
  const item = (/** @type {object} */ payload) => ({ timestamp, type: "response_item", payload });
  const usage = {
    input_tokens: 13_000,
    cached_input_tokens: 12_000,
    output_tokens: 470,
    reasoning_output_tokens: 320,
  };
  const total_token_usage = { total_tokens: 13_470 * (turn + 1) };
  const meta = {
    id: `session-${session}`,
    timestamp,
    originator: "codex-tui",
    cli_version: "0.123.0",
    model_provider: "openai",
  };
  return [
    ...(turn === 0 ? [{ timestamp, type: "session_meta", payload: meta }] : []),
    item({ type: "message", role: "assistant", content: [{ type: "output_text", text: WORDS }] }),
    item({
      type: "function_call",
      name: "exec_command",
      arguments: JSON.stringify({ cmd: `cat ${turn}.ts` }),
      call_id,
    }),
    item({ type: "function_call_output", call_id, output: output(turn) }),
    {
      timestamp,
      type: "event_msg",
      payload: { type: "token_count", info: { total_token_usage, last_token_usage: usage } },
    },
  ];
}

/** @type {Turn} */
function pi(session, turn, at) {
  const timestamp = at.toISOString();
  const id = `toolu_${session}_${turn}`;
  const cost = { input: 0.1, output: 0.01, cacheRead: 0.001, cacheWrite: 0.002, total: 0.113 };
  const usage = { input: 10, output: 300, cacheRead: 90_000, cacheWrite: 800, cost };
  const call = { type: "toolCall", id, name: "read", arguments: { path: `${turn}.ts` } };
  const reply = {
    role: "assistant",
    content: [{ type: "text", text: WORDS }, call],
    provider: "anthropic",
    model: "claude-sonnet-4-5",
  };
  const content = [{ type: "text", text: output(turn) }];
  const answer = { role: "toolResult", toolCallId: id, toolName: "read", content, isError: false };
  return [
    ...(turn === 0
      ? [{ type: "session", id: `session-${session}`, timestamp, cwd: "/home/dev/project" }]
      : []),
    {
      type: "message",
      timestamp,
      message: { ...reply, usage, stopReason: "toolUse", timestamp: at.getTime() - 800 },
    },
    { type: "message", timestamp, message: { ...answer, timestamp: at.getTime() } },
  ];
}

/** @type {Turn} */
function stepLog(session, turn, at) {
  const run_id = `session-${session}`;
  const ts = at.getTime() / 1000;
  const call = {
    model: "claude-sonnet-4-6",
    input_tokens: 1200,
    output_tokens: 340,
    stop_reason: "tool_use",
  };
  return [
    { run_id, step: 2 * turn + 1, type: "llm_call", ...call, duration_ms: 1840, ts },
    {
      run_id,
      step: 2 * turn + 2,
      type: "tool_call",
      tool: "read",
      input: { path: `${turn}.ts` },
      output: output(turn),
      error: null,
      duration_ms: 240,
      ts,
    },
  ];
}

/** @type {Turn} */
function messages(session, turn) {
  if (turn > 0) return [];
  const id = (/** @type {number} */ i) => `call_${session}_${i}`;
  const turns = Array.from({ length: 20 }, (_, i) => [
    {
      role: "assistant",
      content: WORDS,
      tool_calls: [
        { id: id(i), type: "function", function: { name: "read", arguments: '{"path":"a.ts"}' } },
      ],
    },
    { role: "tool", tool_call_id: id(i), content: output(i) },
  ]);
  return [{ messages: [{ role: "user", content: "Read the files." }, ...turns.flat()] }];
}

/** @type {Record<string, Turn>} By the format that they are in. */
export const SESSIONS = {
  "claude-code": claudeCode,
  codex,
  pi,
  "openai-messages": messages,
  "step-log": stepLog,
};

/** @param {number} turn */
function output(turn) {
  return turn % 10 === 0 ? SOURCE.repeat(20) : OUTPUTS[turn % OUTPUTS.length];
}

/**
 * Writes sessions of one format, to about this size; tells how many calls of models are in them.
 *
 * @param {string} format
 * @param {string} path
 * @param {number} size
 */
export function writeSessions(format, path, size) {
  const turnOf = SESSIONS[format] ?? (() => []);
  // Only Codex has one session a file.
  const turns = format === "codex" ? Number.POSITIVE_INFINITY : TURNS_A_SESSION;
  const fd = openSync(path, "wx", 0o600);
  let [bytes, calls, turn, session] = [0, 0, 0, 0];
  while (bytes < size) {
    let batch = "";
    while (batch.length < BATCH_BYTES) {
      const entries = turnOf(session, turn, new Date(1_764_000_000_000 + turn * 1_000));
      for (const entry of entries) batch += `${JSON.stringify(entry)}\n`;
      if (format !== "openai-messages") calls++;
      else if (turn === 0) calls += 20;
      turn++;
      if (turn >= turns) [turn, session] = [0, session + 1];
    }
    bytes += writeSync(fd, batch);
  }
  closeSync(fd);
  return { bytes, calls };
}
