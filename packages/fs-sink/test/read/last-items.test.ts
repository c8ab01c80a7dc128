import { appendFileSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { fsSource } from "@step-log/fs-sink";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "step-log-last-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function line(step: number, ts = step, runId = "r", text = ""): string {
  return `${JSON.stringify({ run_id: runId, step, type: "event", ts, name: text, data: null })}\n`;
}
async function last(count: number, options = {}, path = join(folder, "a.jsonl")) {
  const items = await fsSource(path).last(count, options);
  return items.map((item) => (item.type === "bad_line" ? `bad at ${item.offset}` : item.step));
}

test("whatever the lines are, the last ones are those that reading all of it ends with", async () => {
  const path = join(folder, "a.jsonl");
  const lines = fc.oneof(
    { weight: 6, arbitrary: fc.nat({ max: 300 }).map((size) => line(1, 1, "r", "é".repeat(size))) },
    { weight: 1, arbitrary: fc.constantFrom("\n", "{oops\n", "\r\n") },
    { weight: 1, arbitrary: fc.constant(line(2, 1, "r", "x".repeat(200_000))) },
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(lines, { maxLength: 60 }),
      fc.nat({ max: 70 }),
      fc.boolean(),
      async (all, count, isTorn) => {
        writeFileSync(path, all.join("") + (isTorn ? '{"run_id":"r' : ""));
        const source = fsSource(path);
        const whole = [];
        for await (const item of source.readAll()) whole.push(item);
        expect(await source.last(count)).toEqual(count === 0 ? [] : whole.slice(-count));
      },
    ),
    { numRuns: 60 },
  );
});

test("a large file is read from its end only", async () => {
  const path = join(folder, "a.jsonl");
  writeFileSync(path, "");
  const block = Array.from({ length: 10_000 }, (_, at) => line(at)).join("");
  for (let part = 0; part < 30; part++) appendFileSync(path, block);
  let bytes = 0;
  const source = fsSource(path, { onRead: (count) => (bytes += count) });
  expect(await source.last(3)).toMatchObject([{ step: 9997 }, { step: 9998 }, { step: 9999 }]);
  expect(bytes).toBe(64 * 1024);
});

test("what is wanted is looked for further back, from the end on", async () => {
  writeFileSync(
    join(folder, "a.jsonl"),
    Array.from({ length: 5_000 }, (_, at) => line(at)).join(""),
  );
  const seen: number[] = [];
  const wants = (item: { type: string; step?: number }) => {
    seen.push(item.step ?? -1);
    return (item.step ?? 1) % 1000 === 0;
  };
  expect(await last(2, { wants })).toEqual([3000, 4000]);
  expect(seen).toEqual(Array.from({ length: 2000 }, (_, at) => 4999 - at));
});

test("it goes back into files that were put aside, packed ones too", async () => {
  writeFileSync(join(folder, "a.20261122T184500123Z.jsonl.gz"), gzipSync(line(1) + line(2)));
  writeFileSync(join(folder, "a.20261122T184500124Z.jsonl"), line(3));
  writeFileSync(join(folder, "a.jsonl"), line(4) + line(5));
  expect(await last(2)).toEqual([4, 5]);
  expect(await last(4)).toEqual([2, 3, 4, 5]);
  expect(await last(9)).toEqual([1, 2, 3, 4, 5]);
});

test("of a folder, files that changed long ago are not opened", async () => {
  for (let run = 0; run < 50; run++) {
    const path = join(folder, `run-${run}.jsonl`);
    writeFileSync(path, line(run, 1_700_000_000 + 1000 * run, `run-${run}`));
    utimesSync(path, 1_700_000_000 + 1000 * run, 1_700_000_000 + 1000 * run);
  }
  let bytes = 0;
  const source = fsSource(folder, { onRead: (count) => (bytes += count) });
  expect(await source.last(3)).toMatchObject([{ step: 47 }, { step: 48 }, { step: 49 }]);
  expect(bytes).toBeLessThan(400);
  expect(await source.last(1, { runId: "run-7" })).toMatchObject([{ step: 7 }]);
});

test("of several files lines come by time, those of one file in their order", async () => {
  writeFileSync(join(folder, "x.jsonl"), line(1, 10, "x") + line(2, 5, "x") + line(3, 30, "x"));
  writeFileSync(join(folder, "y.jsonl"), line(7, 20, "y"));
  expect(await last(9, {}, folder)).toEqual([1, 2, 7, 3]);
});

test("a line that is longer than lines may be is told, and passed over", async () => {
  const path = join(folder, "a.jsonl");
  writeFileSync(path, line(1));
  for (let part = 0; part < 9; part++) appendFileSync(path, "x".repeat(10 * 1024 * 1024));
  appendFileSync(path, `\n${line(2)}`);
  expect(await last(3)).toEqual([1, `bad at ${line(1).length}`, 2]);
});
