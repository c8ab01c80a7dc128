import fc from "fast-check";
import { expect, test } from "vitest";
import { UnsyncedLines } from "../../src/write/unsynced-lines.ts";

test("the lines of each run are counted, from one sync that went well on", () => {
  const lines = new UnsyncedLines();
  expect(lines.isEmpty).toBe(true);
  lines.add(bytes(line("a", 1), line("b", 4), line("a", 2)));
  lines.begin();
  lines.add(bytes(line("a", 3)));
  expect(lines.isEmpty).toBe(false);
  lines.done();
  expect(lines.take()).toEqual([{ runId: "a", step: 3, count: 1, bytes: line("a", 3).length }]);
  expect(lines.take()).toEqual([]);
});

test("what is not done is lost, and so is what came meanwhile", () => {
  const lines = new UnsyncedLines();
  lines.add(bytes(line("a", 1)));
  lines.begin();
  lines.add(bytes(line("b", 1)));
  expect(lines.take().map(({ runId, count }) => [runId, count])).toEqual([
    ["a", 1],
    ["b", 1],
  ]);
  expect(lines.isEmpty).toBe(true);
});

test("lines that do not stand are taken out, whichever sync they were of", () => {
  const lines = new UnsyncedLines();
  lines.add(bytes(line("a", 1), line("a", 2)));
  lines.begin();
  lines.remove(bytes(line("a", 2)));
  lines.add(bytes(line("b", 1)));
  lines.remove(bytes(line("b", 1), line("c", 1)));
  expect(lines.take()).toEqual([expect.objectContaining({ runId: "a", count: 1 })]);
});

test("a line that tells of losses is left out, once", () => {
  const lines = new UnsyncedLines();
  lines.leaveOut(line("a", 1));
  lines.add(bytes(line("a", 1)));
  expect(lines.isEmpty).toBe(true);
  lines.add(bytes(line("a", 1)));
  expect(lines.isEmpty).toBe(false);
});

test("any run is found in its lines, also where its id is long, or its line does not begin with it", () => {
  const id = fc.string({ unit: "binary", maxLength: 300 });
  const record = fc.record({ id, step: fc.nat(), swapped: fc.boolean() });
  fc.assert(
    fc.property(fc.array(record, { maxLength: 20 }), (records) => {
      const lines = new UnsyncedLines();
      const expected = new Map<string, { runId: string; step: number; count: number }>();
      for (const { id: runId, step, swapped } of records) {
        lines.add(bytes(line(runId, step, swapped)));
        expected.set(runId, { runId, step, count: (expected.get(runId)?.count ?? 0) + 1 });
      }
      expect(lines.take().map(({ bytes: _, ...rest }) => rest)).toEqual([...expected.values()]);
    }),
  );
});

function line(runId: string, step: number, swapped: boolean = false): string {
  const record = swapped
    ? { type: "event", run_id: runId, step }
    : { run_id: runId, step, type: "event", data: '","step":0,' };
  return `${JSON.stringify(record)}\n`;
}

function bytes(...lines: readonly string[]): Uint8Array {
  return Buffer.from(lines.join(""));
}
