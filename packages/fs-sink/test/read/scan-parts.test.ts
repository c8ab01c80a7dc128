import { appendFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { BadLine, StepRecord } from "@step-log/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { fsSource } from "../../src/read/fs-source.ts";
import { type LogPart, logParts } from "../../src/read/log-parts.ts";
import { scanParts } from "../../src/read/scan-parts.ts";
import { fileWith, folderWith, line } from "./test-log.ts";

/** All that is shown, records first; of each record the whole one. */
async function shown(parts: Iterable<LogPart>): Promise<(StepRecord | BadLine)[]> {
  const items: (StepRecord | BadLine)[] = [];
  await scanParts(parts, {
    record(record, whole) {
      const { run_id, step, type, ts } = whole();
      expect(record).toMatchObject({ run_id, step, type, ts });
      items.push(whole());
    },
    badLine: (bad) => items.push(bad),
  });
  return sorted(items);
}

/** Bad lines are shown a bit later than they stand. */
function sorted(items: readonly (StepRecord | BadLine)[]): (StepRecord | BadLine)[] {
  const isBad = ({ type }: StepRecord | BadLine) => type === "bad_line";
  return [...items.filter((item) => !isBad(item)), ...items.filter(isBad)];
}

async function read(location: string): Promise<(StepRecord | BadLine)[]> {
  const items: (StepRecord | BadLine)[] = [];
  for await (const item of fsSource(location).readAll()) items.push(item);
  return sorted(items);
}

test("the parts of a file, however small, show what reading it gives, once and in order", async () => {
  const piece = fc.oneof(
    fc.nat(300).map((length) => line("a", length, { note: "x".repeat(length) })),
    fc.constantFrom(
      "\n",
      "{oops\n",
      '{"run_id":"a"\n',
      '{"run_id": "b", "step": 1, "type": "event", "ts": 1}\n',
    ),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(piece),
      fc.boolean(),
      fc.integer({ min: 1, max: 2000 }),
      async (pieces, isOpen, partBytes) => {
        const text = pieces.join("");
        const path = fileWith(isOpen ? text.slice(0, -1) : text);
        const { parts } = await logParts(path, { partBytes });
        expect(parts.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(
          Buffer.byteLength(isOpen ? text.slice(0, -1) : text),
        );
        expect(await shown(parts)).toEqual(await read(path));
      },
    ),
    { numRuns: 60 },
  );
});

test("a folder has a part for each file, packed ones and those of single processes too", async () => {
  const folder = folderWith({
    "agent-steps.20261122T184500123Z.jsonl.gz": gzipSync(line("a", 1) + line("b", 1)),
    "agent-steps.jsonl": line("a", 3),
    "agent-steps.4711-0a1b2c3d.jsonl": line("a", 4, { ts: 2 }) + line("b", 2),
    "c.jsonl": `${line("c", 1)}{"run_id`,
  });
  const { parts, badLines } = await logParts(`${folder}/`);
  expect(badLines).toEqual([]);
  expect(parts.map((part) => part.isOneOfSeveral)).toEqual([true, true, false, false]);
  expect(await shown(parts)).toEqual(await read(`${folder}/`));
});

test("what was appended since is left out of all parts but the last", async () => {
  const path = fileWith(line("a", 1), line("a", 2), line("a", 3));
  const { parts } = await logParts(path, { partBytes: 1 });
  appendFileSync(path, line("a", 4));
  expect(parts).toHaveLength(3);
  expect(await shown(parts.slice(0, 2))).toHaveLength(2);
});

test("a file that has gone, or has been put aside, since is shown as a bad line", async () => {
  const folder = folderWith({ "a.jsonl": line("a", 1), "b.jsonl": line("b", 1) });
  const { parts } = await logParts(`${folder}/`);
  renameSync(join(folder, "a.jsonl"), join(folder, "a.old"));
  renameSync(join(folder, "b.jsonl"), join(folder, "b.old"));
  writeFileSync(join(folder, "b.jsonl"), line("b", 2));
  expect(await shown(parts)).toMatchObject([
    { type: "bad_line", reason: expect.stringContaining("is not there") },
    { type: "bad_line", reason: expect.stringContaining("another file") },
  ]);
});

test("scanning is left when the signal says so, and there are no parts where there is no log", async () => {
  const path = fileWith(line("a", 1));
  const { parts } = await logParts(path);
  const signal = AbortSignal.abort(new Error("enough"));
  const visitor = { record() {}, badLine() {} };
  await expect(scanParts(parts, visitor, { signal })).rejects.toThrow("enough");
  await expect(logParts(`${path}.none`)).rejects.toMatchObject({ code: "NOT_FOUND" });
});
