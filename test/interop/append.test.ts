import { appendFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { afterAll, beforeEach, expect, test, vi } from "vitest";
import {
  type BadLine,
  type LlmCall,
  parseRecord,
  recordIssues,
  StepLog,
  type StepRecord,
  summarize,
  summaryToWire,
  type ToolCall,
} from "../../packages/core/src/index.ts";
import { type Durability, fsSink, fsSource } from "../../packages/fs-sink/src/index.ts";
import { type PythonWriter, pythonSummary, pythonWriter, skipWithoutPython } from "./python.ts";
import { expectSameSummary } from "./same-summary.ts";

const folder = mkdtempSync(join(tmpdir(), "step-log-python-"));
afterAll(() => rmSync(folder, { recursive: true }));
vi.setConfig({ testTimeout: 60_000 });
beforeEach(skipWithoutPython);

const LLM = { model: "claude-sonnet-4-6", input_tokens: 1200, output_tokens: 340 };
const TEXT = "caf\u00e9 \u4e2d \ud83c\udf89 \u2028 \u0085 \u007f \ud800";
const COMMANDS: readonly object[] = [
  { llm_call: { ...LLM, stop_reason: "tool_use", duration_ms: 1840 } },
  {
    tool_call: {
      tool: "search",
      input: { query: TEXT },
      output: { [TEXT]: [TEXT] },
      duration_ms: 240.125,
    },
  },
  {
    tool_call: {
      tool: "search",
      input: {},
      error: "ValueError: no \u2028 such thing",
      duration_ms: 0.001,
    },
  },
  { tool_call: { tool: "numbers", input: { n: [0, -1.5, 1e-7, 1e300, 2 ** 53] } } },
  { tool_call: { tool: TEXT, input: { step: 99, ts: 0, run_id: "not this", type: "event" } } },
  { tool_call: { tool: "large", input: {}, output: "\u00e9".repeat(50_000), duration_ms: 3 } },
  { llm_call: { ...LLM, stop_reason: "max_tokens" } },
];

test("what the Python library wrote is read whole, and sums up to what it says itself", async () => {
  const path = join(folder, "python.jsonl");
  const writer = pythonWriter(path, "run-abc123");
  for (const [i, command] of COMMANDS.entries()) {
    expect(await writer.call(JSON.stringify(command))).toBe(i + 1);
  }
  const said = await writer.end();

  const records = await readAll(path);
  expect(records.flatMap(recordIssues)).toEqual([]);
  expect(records.map(given)).toEqual(COMMANDS.map(withDefaults));
  const lines = readFileSync(path, "utf8").trimEnd().split("\n");
  expect(lines.map(parseRecord)).toEqual(records);
  // Spaces behind separators, escapes for all but ASCII, what is common behind the rest.
  expect(lines[1]).toMatch(
    /^\{"type": "tool_call", [ -~]*\\ud83c\\udf89 \\u2028[ -~]*, "run_id": /,
  );
  const summary = summarize(records);
  expect(summaryToWire(summary)).toMatchObject(said as object);
  expectSameSummary(await pythonSummary([path]), summary);
});

test("a NaN that Python wrote makes a bad line of its record, and of no other", async () => {
  const path = join(folder, "nan.jsonl");
  const writer = pythonWriter(path, "nan");
  await writer.call(JSON.stringify(COMMANDS[0]));
  await writer.call('{"tool_call": {"tool": "t", "input": {}, "output": NaN}}');
  await writer.call(JSON.stringify(COMMANDS[0]));
  await writer.end();
  const items = await all(fsSource(path).readAll());
  expect(items.map((item) => item.type)).toEqual(["llm_call", "bad_line", "llm_call"]);
  const summary = summarize(items);
  expect(summary).toMatchObject({ totalSteps: 2, badLines: 1 });
  expectSameSummary(await pythonSummary([path]), summary);
});

test.for<Durability>(["os", "buffered", "fsync"])(
  "Python and fsSink with durability %s append to one file by turns",
  async (durability) => {
    const path = join(folder, `turns-${durability}.jsonl`);
    const writer = pythonWriter(path, "python");
    const sink = fsSink(path, { durability });
    const log = new StepLog({ runId: "ours", run: {}, sink });
    for (let i = 0; i < 40; i++) {
      const command = COMMANDS[i % COMMANDS.length] ?? {};
      await writer.call(JSON.stringify(command));
      recordLike(log, command);
      if (durability !== "os") await log.flush();
    }
    await writer.end();
    await log.close();
    await sink.close();

    const records = await readAll(path);
    const turns = records.filter((record) => /_call$/.test(record.type));
    expect(turns.map((record) => `${record.run_id} ${record.step}`)).toEqual(
      Array.from({ length: 40 }, (_, i) => [`python ${i + 1}`, `ours ${i + 1}`]).flat(),
    );
    expect(records).toHaveLength(82);
    expectSameSummary(await pythonSummary([path]), summarize(records));
  },
);

test.for<Durability>(["os", "buffered"])(
  "Python and fsSink with durability %s append to one file at once, each line whole and once",
  async (durability) => {
    const path = join(folder, `at-once-${durability}.jsonl`);
    const writer = pythonWriter(path, "python");
    const onError = () => {}; // of a busy machine; what is lost shows in the steps
    const sink = fsSink(path, { durability, onError });
    const log = new StepLog({ runId: "ours", run: {}, sink });
    let running = true;
    const python = flood(writer, 1_000).finally(() => {
      running = false;
    });
    let count = 0;
    for (; running && count < 50_000; count++) {
      recordLike(log, COMMANDS[count % 5] ?? {});
      if (count % 10 === 0) await nextTurn();
    }
    await python;
    await log.close();
    await sink.close();

    const records = await readAll(path);
    const stepsOf = (runId: string) =>
      records.filter((record) => record.run_id === runId).map((record) => record.step);
    expect(stepsOf("python")).toEqual(Array.from({ length: 1_000 }, (_, i) => i + 1));
    expect(stepsOf("ours")).toEqual(Array.from({ length: count + 2 }, (_, i) => i));
    expect(sink.stats?.()).toMatchObject({ written: count + 2, pending: 0, dropped: 0 });
  },
);

test("a run that Python began is gone on with by `resume`", async () => {
  const path = join(folder, "resume.jsonl");
  const writer = pythonWriter(path, "run-abc123");
  for (const command of COMMANDS.slice(0, 6)) await writer.call(JSON.stringify(command));
  await writer.end();
  const sink = fsSink(path);
  const log = new StepLog({ runId: "run-abc123", resume: true, sink });
  expect(log.recordToolCall({ tool: "search" })).toBe(7);
  await log.close();
  await sink.close();
  const records = await readAll(path);
  expect(records.map((record) => record.step)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  expectSameSummary(await pythonSummary([path]), summarize(records));
});

test("a line that Python was killed in the middle of is closed, and ours comes behind it", async () => {
  const path = join(folder, "stub.jsonl");
  const writer = pythonWriter(path, "python");
  await writer.call(JSON.stringify(COMMANDS[0]));
  await writer.end();
  appendFileSync(path, '{"type": "tool_call", "tool": "sea');
  const sink = fsSink(path);
  const log = new StepLog({ runId: "ours", run: false, sink });
  log.recordEvent("after");
  await log.close();
  await sink.close();
  const items = await all(fsSource(path).readAll());
  expect(items.map((item) => item.type)).toEqual(["llm_call", "bad_line", "event"]);
  expectSameSummary(await pythonSummary([path]), summarize(items));
});

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

async function readAll(path: string): Promise<StepRecord[]> {
  return (await all<StepRecord | BadLine>(
    fsSource(path, { mode: "strict" }).readAll(),
  )) as StepRecord[];
}

async function flood(writer: PythonWriter, count: number): Promise<void> {
  for (let i = 0; i < count; i++) await writer.call(JSON.stringify(COMMANDS[i % COMMANDS.length]));
  await writer.end();
}

type Command = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** The same call of ours. */
function recordLike(log: StepLog, command: object): void {
  const { llm_call, tool_call } = command as Command;
  if (llm_call === undefined) {
    log.recordToolCall({ ...(tool_call as unknown as ToolCall), durationMs: 1 });
    return;
  }
  const call: LlmCall = { model: "m", inputTokens: 1, outputTokens: 2, stopReason: "end_turn" };
  log.recordLlmCall(call);
}

function given({ run_id, step, ts, ...rest }: StepRecord): object {
  return rest;
}

/** The record that Python has to make of a command. */
function withDefaults(command: object): object {
  const { llm_call, tool_call } = command as Command;
  return llm_call === undefined
    ? { type: "tool_call", output: null, error: null, duration_ms: 0, ...tool_call }
    : { type: "llm_call", duration_ms: 0, ...llm_call };
}
