import fc from "fast-check";
import { expect, it } from "vitest";
import { testEntry, testRun } from "../src/index.ts";

it("makes an entry whose line is its record", () => {
  const entry = testEntry({ runId: "r1", step: 1, record: { name: "mine", tags: { a: "b" } } });
  expect(entry.line).toBe(
    '{"run_id":"r1","step":1,"type":"event","ts":1747934400.001,"name":"mine","data":null,"tags":{"a":"b"}}\n',
  );
});

it("makes one line for any record, without the characters that core escapes", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.jsonValue(), (runId, data) => {
      const { line, record } = testEntry({ runId, step: 1, record: { data } });
      expect(JSON.parse(line)).toEqual(JSON.parse(JSON.stringify(record)));
      expect(line.indexOf("\n")).toBe(line.length - 1);
      expect(line).not.toMatch(/[\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/);
    }),
  );
});

it("makes the same entry from the same options", () => {
  const [one, two] = [testEntry({ runId: "r1", step: 3 }), testEntry({ runId: "r1", step: 3 })];
  expect(one.line).toBe(two.line);
  expect(one.record).toEqual(two.record);
});

it("makes entries like those of core: their line is read, and not copied along", () => {
  const entry = testEntry({ runId: "r1", step: 3 });
  expect(new TextDecoder().decode(entry.bytes)).toBe(entry.line);
  expect(Object.keys({ ...entry })).toEqual(["runId", "step"]);
});

it("makes runs of entries that all differ", () => {
  const entries = testRun("r1", 100, 5);
  expect(entries.map(({ step }) => step)).toEqual(Array.from({ length: 100 }, (_, i) => i + 5));
  expect(new Set(entries.map(({ line }) => line)).size).toBe(100);
});
