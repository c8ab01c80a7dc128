import { type Entry, type Sink, StepLog } from "@step-log/core";
import { expect, test } from "vitest";
import { entryType } from "../../src/budget/entry-type.ts";
import { budgetSink } from "../../src/index.ts";
import { call } from "../calls.ts";

const entriesOf = (runId: string) => {
  const entries: Entry[] = [];
  const sink: Sink = {
    name: "array",
    write: (entry) => void entries.push(entry),
    async flush() {},
    async close() {},
  };
  const log = new StepLog({ runId, sink, tags: { type: "llm_call" }, onError() {} });
  log.recordLlmCall({ model: "m", inputTokens: 1, outputTokens: 1 });
  log.recordToolCall({ tool: "t", input: { type: "llm_call" }, output: '"type":"llm_call"' });
  log.recordToolCall({ tool: "t", input: new Map(), output: "\ud800" }); // not written in one pass
  log.recordEvent("type", { type: "run_start" });
  log.end();
  return entries;
};

test.each(["run-1", 'a"b\\c', '","step":1,"type":"llm_call"', "\u2028💥\u0007"])(
  "the type is told from the beginning of the line: run %j",
  (runId) => {
    const entries = entriesOf(runId);
    expect(entries.map(entryType)).toEqual(entries.map((entry) => entry.record.type));
    expect(entries.length).toBeGreaterThan(5);
  },
);

test("where the line begins otherwise, it is not told, and the record counts", () => {
  const record = call({ run_id: "r".repeat(300) });
  const line = `${JSON.stringify(record)}\n`;
  const entry = { runId: record.run_id, step: 1, record, line };
  expect(entryType(entry)).toBe(undefined);
  const sink = budgetSink({ limits: [{ per: "run", usd: 1 }] });
  sink.write(entry);
  expect(sink.statuses()).toMatchObject([{ spentUsd: 0.0045 }]);
});

test("the record of a tool's call is not asked for", () => {
  const tool = entriesOf("run-1").find(({ record }) => record.type === "tool_call");
  const entry = {
    runId: "run-1",
    step: 1,
    line: tool?.line ?? "",
    get record(): never {
      throw new Error("the record was asked for");
    },
  };
  const sink = budgetSink({ limits: [{ per: "run", usd: 1 }] });
  expect(() => sink.write(entry)).not.toThrow();
});
