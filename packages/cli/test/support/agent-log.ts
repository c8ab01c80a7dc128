import { mkdirSync, writeFileSync } from "node:fs";

// 2026-03-02 09:30:00 UTC
const START = 1_772_443_800;

/** Times are seconds after the beginning, so that pages are the same each time. */
function lines(
  runId: string,
  records: readonly { readonly [key: string]: unknown; readonly ts: number }[],
): string {
  return records
    .map((record) => `${JSON.stringify({ run_id: runId, ...record, ts: START + record.ts })}\n`)
    .join("");
}

const HEAD = { type: "run_start", step: 0, schema: "step-log/1" };
const CALL = { type: "llm_call", model: "claude-sonnet-4-6", provider: "anthropic" };
const RUNTIME = { name: "node", version: "v22.0.0", hostname: "build-7", pid: 4711 };

/** A run of a research agent: nested and parallel steps, an error with a cause, one that never ended. */
export const RESEARCH: string = lines("run-research", [
  {
    ...HEAD,
    agent: { name: "researcher", version: "1.2.0" },
    task_type: "quarterly report",
    environment: "production",
    parent_run_id: null,
    root_run_id: null,
    metadata: { customer: "acme", retries: 2 },
    runtime: RUNTIME,
    ts: 0,
  },
  {
    ...CALL,
    step: 1,
    input_tokens: 1200,
    output_tokens: 340,
    cache_read_tokens: 1024,
    stop_reason: "tool_use",
    duration_ms: 1840,
    time_to_first_token_ms: 420,
    ts: 2,
  },
  {
    type: "wire_call",
    step: 1000,
    parent_step: 1,
    request: {
      method: "POST",
      url: "https://api.anthropic.com/v1/messages",
      headers: {},
      body: {
        bytes: 310,
        encoding: "utf8",
        data: JSON.stringify({
          model: "claude-sonnet-4-6",
          system: "You write reports. Be brief.",
          tools: [{ name: "search" }, { name: "fetch_page" }, { name: "delegate" }],
          messages: [
            { role: "user", content: "What was the revenue of Q3?\nSay where you have it from." },
          ],
        }),
      },
    },
    response: {
      status: 200,
      status_text: "OK",
      url: "",
      headers: {},
      body: {
        bytes: 60,
        encoding: "utf8",
        data: '{"content":[{"type":"text","text":"I will look it up."}]}',
      },
    },
    attempt: 1,
    outcome: "complete",
    error: null,
    duration_ms: 1838,
    time_to_headers_ms: 400,
    time_to_first_byte_ms: 410,
    time_to_first_token_ms: 420,
    ts: 2.001,
  },
  {
    type: "step_start",
    step: 2,
    of: "tool_call",
    tool: "delegate",
    input: { to: "reader" },
    ts: 2.1,
  },
  {
    type: "step_start",
    step: 3,
    of: "tool_call",
    tool: "search",
    parent_step: 2,
    input: { query: "Q3 revenue" },
    ts: 2.2,
  },
  {
    type: "step_start",
    step: 4,
    of: "tool_call",
    tool: "search",
    parent_step: 2,
    input: { query: "revenue by region" },
    ts: 2.21,
  },
  {
    type: "tool_call",
    tool: "search",
    step: 3,
    parent_step: 2,
    tool_call_id: "toolu_01",
    input: { query: "Q3 revenue" },
    output: { results: ["doc-7", "doc-9"], total: 2 },
    error: null,
    duration_ms: 240,
    ts: 2.44,
  },
  {
    type: "tool_call",
    tool: "search",
    step: 4,
    parent_step: 2,
    tool_call_id: "toolu_02",
    input: { query: "revenue by region" },
    output: { results: [], total: 0 },
    error: null,
    duration_ms: 310,
    ts: 2.52,
  },
  {
    type: "tool_call",
    tool: "delegate",
    step: 2,
    input: { to: "reader" },
    output: "doc-7 says 41.7 million",
    error: null,
    duration_ms: 4400,
    ts: 6.5,
  },
  {
    type: "tool_call",
    tool: "fetch_page",
    step: 5,
    tool_call_id: "toolu_03",
    input: { url: "https://intranet.example/doc-9", headers: { accept: "text/html" } },
    output: null,
    error: "fetch failed: doc-9 is away",
    error_context: {
      type: "TypeError",
      message: "fetch failed: doc-9 is away",
      code: null,
      frames: [
        { function: "fetchPage", file: "src/tools/fetch-page.ts", line: 31, column: 12 },
        { function: "runTool", file: "src/agent.ts", line: 118, column: 20 },
      ],
      cause: {
        type: "Error",
        message: "connect ECONNREFUSED 10.0.0.9:443",
        code: "ECONNREFUSED",
        frames: [],
        cause: null,
      },
    },
    duration_ms: 12,
    ts: 6.6,
  },
  {
    type: "event",
    name: "guardrail",
    step: 6,
    data: { passed: true, note: "\u{1b}[31mred\u{1b}[0m and \u{202e}turned" },
    ts: 6.61,
  },
  {
    ...CALL,
    step: 7,
    input_tokens: 2900,
    output_tokens: 512,
    stop_reason: "end_turn",
    duration_ms: 2310,
    ts: 9,
  },
  {
    type: "step_start",
    step: 8,
    of: "tool_call",
    tool: "save_report",
    input: { path: "q3.md", text: "# Q3\n\nNet revenue rose to 41.7 million.\n" },
    ts: 9.1,
  },
]);

/** The run of a sub-agent, which step 2 of the first one started. */
export const READER: string = lines("run-reader", [
  {
    ...HEAD,
    agent: { name: "reader", version: null },
    task_type: null,
    environment: "production",
    parent_run_id: "run-research",
    root_run_id: "run-research",
    parent_step: 2,
    metadata: null,
    runtime: RUNTIME,
    ts: 2.6,
  },
  {
    type: "tool_call",
    tool: "read_file",
    step: 1,
    input: { path: "doc-7.md" },
    output: "Net revenue rose to 41.7 million.",
    error: null,
    duration_ms: 3.25,
    ts: 2.7,
  },
  {
    ...CALL,
    model: "claude-haiku-4-5",
    step: 2,
    input_tokens: 800,
    output_tokens: 40,
    stop_reason: "end_turn",
    duration_ms: 900,
    ts: 3.7,
  },
  {
    type: "run_end",
    step: 3,
    status: "ok",
    error: null,
    error_context: null,
    summary: null,
    ts: 3.8,
  },
]);

/** A run that went on longer, to page through: `count` calls of tools, each tenth of which failed. */
export function longRun(runId: string, count: number): string {
  const calls = Array.from({ length: count }, (_, i) => ({
    type: "tool_call",
    step: i + 1,
    tool: i % 3 === 0 ? "search" : "read_file",
    input: { query: `question ${i + 1}` },
    output: i === count - 2 ? "the needle" : "hay",
    error: i % 10 === 9 ? `away ${i + 1}` : null,
    duration_ms: (i * 7919) % 1000,
    ts: 10 + i / 10,
  }));
  return lines(runId, calls);
}

/** Writes the runs into a folder, a file each. */
export function writeAgentLog(folder: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}/run-research.jsonl`, RESEARCH);
  writeFileSync(`${folder}/run-reader.jsonl`, READER);
  writeFileSync(`${folder}/run-long.jsonl`, longRun("run-long", 500));
}
