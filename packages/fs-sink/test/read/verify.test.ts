import { basename, join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { fsSource } from "../../src/read/fs-source.ts";
import { verify } from "../../src/read/verify.ts";
import { all, fileWith, folderWith, line } from "./test-log.ts";

test("a sound log has nothing to tell of", async () => {
  const lines = [
    line("a", 0, { type: "run_start" }),
    line("a", 1, { type: "step_start" }),
    line("a", 2, { type: "step_start" }),
    line("a", 2),
    line("a", 1),
    line("a", 3, { type: "run_end" }),
    // Resumed by another writer, that goes on with the numbers of the first.
    line("b", 1),
    line("b", 1, { writer: "w" }),
  ];
  const path = fileWith(...lines);
  expect(await verify(path)).toEqual({
    files: 1,
    bytes: lines.join("").length,
    lines: 8,
    records: 8,
    runs: 2,
    badLineCount: 0,
    badLines: [],
    stubCount: 0,
    gluedCount: 0,
    nulBytes: 0,
    tornTail: false,
    duplicates: 0,
    missingSteps: 0,
    gaps: [],
    unfinished: 0,
    droppedCount: 0,
    isPartial: false,
  });
});

test("damage is counted by its kind", async () => {
  const stub = '{"run_id":"a","st';
  const path = fileWith(
    line("a", 1),
    `${stub}\n`,
    stub + line("a", 2),
    Buffer.alloc(1_000),
    "\njunk\n",
    Buffer.alloc(10),
    line("a", 3),
    "\n \n",
    stub,
  );
  const report = await verify(path);
  expect(report).toMatchObject({
    lines: 7,
    records: 1,
    badLineCount: 6,
    stubCount: 2,
    gluedCount: 2,
    nulBytes: 1_010,
    tornTail: true,
  });
  expect(report.badLines.map(({ damage }) => damage)).toEqual([
    "cut",
    "glued",
    "nul",
    "no_record",
    "glued",
    "cut",
  ]);
  expect(report.badLines.every(({ location }) => location === path)).toBe(true);
});

test("a last record without its line end is no torn tail", async () => {
  expect((await verify(fileWith(line("a", 1).trimEnd()))).tornTail).toBe(false);
});

test("steps that are missing, doubled, unfinished or lost are counted", async () => {
  const path = fileWith(
    line("a", 2),
    line("a", 6),
    line("a", 6),
    line("a", 7, { type: "step_start" }),
    line("a", 7, { type: "step_start" }),
    line("a", 8, { type: "step_start" }),
    line("a", 8),
    line("b", 3, { writer: "w" }),
    line("b", 4, { type: "log_dropped", count: 5, bytes: 10, reason: "full" }),
    line("c", Number.MAX_SAFE_INTEGER),
  );
  const report = await verify(path);
  expect(report).toMatchObject({ runs: 3, duplicates: 2, unfinished: 1, droppedCount: 5 });
  expect(report.gaps).toEqual([
    { runId: "a", writer: null, from: 1, to: 1 },
    { runId: "a", writer: null, from: 3, to: 5 },
    { runId: "b", writer: "w", from: 1, to: 2 },
    { runId: "c", writer: null, from: 1, to: Number.MAX_SAFE_INTEGER - 1 },
  ]);
  expect(report.missingSteps).toBe(1 + 3 + 2 + Number.MAX_SAFE_INTEGER - 1);
});

test("all files of a location count, packed ones with their unpacked size", async () => {
  const folder = folderWith({
    "x.20261122T184500123Z.jsonl.gz": gzipSync(`${line("a", 1)}junk\n`).subarray(0, -3),
    "x.jsonl": line("a", 2),
  });
  const report = await verify(join(folder, "x.jsonl"));
  expect(report).toMatchObject({ files: 2, records: 2, runs: 1, badLineCount: 2 });
  expect(report.bytes).toBe(line("a", 1).length * 2 + 5);
});

test("no more than 100 bad lines are kept, and all are counted", async () => {
  const report = await verify(fileWith("junk\n".repeat(5_000)));
  expect(report.badLineCount).toBe(5_000);
  expect(report.badLines).toHaveLength(100);
});

test("an abort ends it with its reason", async () => {
  const reason = new Error("enough");
  const path = fileWith(line("a", 1).repeat(100_000));
  await expect(verify(path, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  const controller = new AbortController();
  const verifying = verify(path, { signal: controller.signal });
  setImmediate(() => controller.abort(reason));
  await expect(verifying).rejects.toBe(reason);
  expect((await all(fsSource(path).runs())).length).toBe(1);
});

test("every file is told with what is wrong in it, and how much was read", async () => {
  const torn = `${line("a", 1)}{"run_id":"a","step":2,"ty`;
  const folder = folderWith({ "a.jsonl": torn, "b.jsonl": line("b", 1) });
  const files: unknown[] = [];
  let bytes = 0;
  await verify(folder, {
    onFile: ({ path, ...file }) => files.push({ name: basename(path), ...file }),
    onRead: (count) => (bytes += count),
  });
  const size = torn.length;
  expect(files).toEqual([
    { name: "a.jsonl", bytes: size, lines: 2, badLineCount: 1, tornTail: true },
    { name: "b.jsonl", bytes: line("b", 1).length, lines: 1, badLineCount: 0, tornTail: false },
  ]);
  expect(bytes).toBe(size + line("b", 1).length);
});
