import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { recordIssues, StepLog, summarize, type WireCallRecord } from "@step-log/core";
import { fsSink, fsSource, verify } from "@step-log/fs-sink";
import { afterAll, expect, it } from "vitest";
import { mockFetch } from "../src/calls/mock-fetch.ts";
import { createTap } from "../src/create-tap.ts";

const folder = mkdtempSync(join(tmpdir(), "step-log-tap-"));
afterAll(() => rmSync(folder, { recursive: true }));

const MESSAGE = JSON.stringify({
  type: "message",
  id: "msg_1",
  model: "claude-a",
  stop_reason: "end_turn",
  usage: { input_tokens: 3, output_tokens: 4 },
});
const json = { "content-type": "application/json" };
const url = "https://api.anthropic.com/v1/messages";
const call = { method: "POST", body: '{"model":"claude-a"}' };

it("shares the file of the run: no step is missing, the sums are the same, and it can be replayed", async () => {
  const path = join(folder, "agent-steps.jsonl");
  const sink = fsSink(path);
  const log = new StepLog({ sink, runId: "run-1" });
  const tap = createTap({ sink, fetch: async () => new Response(MESSAGE, { headers: json }) });
  tap.recordInto(log);
  for (let i = 0; i < 3; i++) {
    await (await tap.fetch(url, call)).text();
    log.recordToolCall({ tool: "search", durationMs: 1 });
  }
  await (await tap.fetch("https://example.com/page")).text();
  const summary = log.summarize();
  await log.close();
  await tap.flush();
  await sink.close();

  const found = await verify(path);
  expect(found).toMatchObject({ badLineCount: 0, missingSteps: 0, duplicates: 0, unfinished: 0 });
  const records = [];
  for await (const record of fsSource(path).read("run-1")) {
    if (record.type !== "bad_line") records.push(record);
  }
  for (const record of records) expect(recordIssues(record)).toEqual([]);
  const again = summarize(records);
  expect(again.tokens).toEqual(summary.tokens);
  expect(again.totalSteps).toBe(summary.totalSteps);
  const wires = records.filter((it): it is WireCallRecord => it.type === "wire_call");
  expect(wires.map(({ step, parent_step }) => [step, parent_step])).toEqual([
    [1, 1],
    [2, 3],
    [3, 5],
    [4, undefined],
  ]);
  const replayed = await mockFetch(wires)(url, call);
  expect(await replayed.text()).toBe(MESSAGE);
});
