// Runs from a project that has the packed packages installed, on Node, Bun and Deno.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { StepLog } from "@step-log/core";
import { fsSink, fsSource } from "@step-log/fs-sink";

const folder = mkdtempSync(join(tmpdir(), "step-log-smoke-"));
const file = join(folder, "steps.jsonl");

const log = new StepLog({ runId: "run-smoke", sink: fsSink(file) });
log.recordLlmCall({ model: "claude-sonnet-4-6", inputTokens: 1200, outputTokens: 340 });
log.recordToolCall({ tool: "search_documents", input: { query: "Q3" }, output: [] });
await log.close();

const records = [];
for await (const record of fsSource(file).read("run-smoke")) records.push(record);
const types = records.map((record) => record.type);
assert.match(types.join(), /llm_call,tool_call/);
assert.equal(records[types.indexOf("llm_call")].input_tokens, 1200);

// The packages are ES modules only; `require` has to load them all the same.
assert.equal(typeof createRequire(import.meta.url)("@step-log/core").StepLog, "function");

rmSync(folder, { recursive: true });
