import assert from "node:assert/strict";
import type { BadLine, Entry, StepRecord } from "@step-log/core";
import { expectStored } from "../../expect-stored.ts";
import { storedLines } from "../../stored-line.ts";
import { testEntry, testRun } from "../../test-entry.ts";
import type { SourceCase } from "./source-case.ts";

export const badLineCases: readonly SourceCase[] = [
  {
    name: "bad lines do not keep the records around them from being read",
    async run(bench) {
      const source = await bench.open(mixed);
      await expectRecords(await bench.all(source.read("a")));
      await expectRecords(await bench.all(source.readAll()));
    },
  },
  {
    name: "readAll passes on every bad line, with its size and a reason",
    async run(bench) {
      const source = await bench.open(mixed);
      const found = (await bench.all(source.readAll())).filter(isBad);
      assert.deepEqual(found.map(({ bytes }) => bytes).sort(byNumber), sizes);
      for (const { offset, reason } of found) {
        assert.ok(Number.isSafeInteger(offset) && offset >= 0, `offset ${offset}`);
        assert.ok(typeof reason === "string" && reason !== "", "a bad line needs a reason");
      }
    },
  },
  {
    name: "runs lists the runs around bad lines, and no others",
    async run(bench) {
      const runs = await bench.runs(await bench.open(mixed));
      assert.deepEqual(
        runs.map(({ runId }) => runId),
        ["a"],
      );
    },
  },
];

const badLines: readonly string[] = [
  "this is no JSON ☕",
  '{"run_id":"a","step":2,"type":"ev', // a writer that was killed, and the line closed by the next
  '{"run_id":"a","step":2,"type":"event"}{"run_id":"a","step":3,"type":"event"}',
  "42",
  "null",
  '"a"',
  "[]",
  '{"step":1,"type":"event","ts":1}',
  '{"run_id":7,"step":1,"type":"event","ts":1}',
  "\0\0\0\0\0\0\0\0", // what some file systems leave of a page after the power went
];

const sizes = badLines.map((line) => new TextEncoder().encode(line).length).sort(byNumber);
const good = testRun("a", badLines.length + 1);
const mixed: readonly (Entry | string)[] = [
  testEntry({ runId: "a", step: 0 }),
  ...good.flatMap((entry, index) => {
    const bad = badLines[index];
    return bad === undefined ? [entry] : [entry, `${bad}\n`];
  }),
];

async function expectRecords(items: readonly (StepRecord | BadLine)[]): Promise<void> {
  const records = items.filter((item) => !isBad(item));
  expectStored(await storedLines(records), [testEntry({ runId: "a", step: 0 }), ...good]);
}

function isBad(item: StepRecord | BadLine): item is BadLine {
  return item.type === "bad_line";
}

function byNumber(a: number, b: number): number {
  return a - b;
}
