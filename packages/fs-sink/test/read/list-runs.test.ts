import { appendFileSync, closeSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { RunFilter } from "@step-log/core";
import { expect, test } from "vitest";
import { fsSource } from "../../src/read/fs-source.ts";
import { runFileName } from "../../src/run-file-name.ts";
import { all, fileWith, folderWith, line } from "./test-log.ts";

const ids = async (location: string, filter: RunFilter = {}) =>
  (await all(fsSource(location).runs(filter))).map(({ runId }) => runId).sort();

test("runs come with the file in which they are, and the time of their first record", async () => {
  const folder = folderWith({
    "a.20261122T184500123Z.jsonl.gz": gzipSync(line("a", 1, { ts: 5 })),
    "a.jsonl": line("a", 2, { ts: 6 }),
    "a.7-00000000.jsonl": line("a", 1, { ts: 4, writer: "w" }),
    [`${runFileName("../b")}.jsonl`]: line("../b", 1, { ts: 7 }),
    "empty.jsonl": "",
    "junk.jsonl": "junk\n",
  });
  expect(await all(fsSource(folder).runs())).toEqual([
    { runId: "a", location: join(folder, "a.jsonl"), startedAt: 4 },
    { runId: "../b", location: join(folder, `${runFileName("../b")}.jsonl`), startedAt: 7 },
  ]);
  const file = fileWith(line("a", 1, { ts: 5 }), line("b", 1, { ts: 6 }), line("a", 2, { ts: 7 }));
  expect(await all(fsSource(file).runs())).toEqual([
    { runId: "a", location: file, startedAt: 5 },
    { runId: "b", location: file, startedAt: 6 },
  ]);
});

test("a run is found whichever way it is written, in a file that runs share", async () => {
  const hidden = '{"run_id":"a","step":9,"type":"event","ts":1,"run_id":"second"}\n';
  const escaped = '{"run_id":"\\u0063afe","step":1,"type":"event","ts":1}\n';
  const python = '{"run_id": "python", "step": 1, "type": "event", "ts": 1.5}\n';
  const last = '{"step":1,"type":"event","ts":1,"run_id":"last"}\n';
  const nested = line("a", 3, { data: { run_id: "not-a-run" } });
  const file = fileWith(line("a", 1), line("a", 2), hidden, escaped, python, nested, last);
  expect(await ids(file)).toEqual(["a", "cafe", "last", "python", "second"]);
});

test("a folder is filtered by the ends of its files, and by what is between where that is needed", async () => {
  const run = (id: string, ...times: number[]) =>
    times.map((ts, step) => line(id, step, { ts })).join("");
  const folder = folderWith({
    "early.jsonl": run("early", 1, 2),
    "late.jsonl": run("late", 8, 9),
    "long.jsonl": `${run("long", 1, 9)}torn`,
    "middle.jsonl": run("middle", 1, 5, 9),
    "packed.jsonl.gz": gzipSync(run("packed", 1, 5)),
    "aside.20261122T184500123Z.jsonl": run("aside", 1, 5),
    "aside.jsonl": "",
    "clock.jsonl": run("clock", 5, 1),
  });
  expect(await ids(folder, { since: 5, until: 6 })).toEqual(["aside", "clock", "middle", "packed"]);
  expect(await ids(folder, { since: 9 })).toEqual(["late", "long", "middle"]);
  expect(await ids(folder, { until: 2 })).toEqual([
    "aside",
    "clock",
    "early",
    "long",
    "middle",
    "packed",
  ]);
  expect(await ids(folder, { since: 10 })).toEqual([]);
});

test("a run that lies in its own file and in one that runs share is listed once", async () => {
  const folder = folderWith({ "0.jsonl": line("a", 1) + line("b", 1), "a.jsonl": line("a", 2) });
  expect(await ids(folder)).toEqual(["a", "b"]);
});

test("strict, a bad line of a run that is listed already is not passed over", async () => {
  const file = fileWith(line("a", 1), line("a", 2).slice(0, 30));
  await expect(all(fsSource(file, { mode: "strict" }).runs())).rejects.toThrow(/cut off/);
});

test("a long run in a folder is known by its first and its last line", async () => {
  const folder = folderWith({ "a.jsonl": line("a", 1, { ts: 1 }) });
  const fd = openSync(join(folder, "a.jsonl"), "a");
  const lines = Buffer.from(line("a", 2, { ts: 2 }).repeat(1_000));
  for (let count = 0; count < 1_000; count++) writeSync(fd, lines);
  closeSync(fd);
  appendFileSync(join(folder, "a.jsonl"), line("a", 3, { ts: 9 }));
  let startedAt = performance.now();
  expect(await ids(folder)).toEqual(["a"]);
  expect(await ids(folder, { since: 9 })).toEqual(["a"]);
  const listedMs = performance.now() - startedAt;
  startedAt = performance.now();
  for await (const _ of fsSource(folder).batches());
  expect(listedMs).toBeLessThan((performance.now() - startedAt) / 3);
});

test("100,000 runs in one file are listed in bounded memory", async () => {
  const count = 100_000;
  const file = fileWith(
    Array.from({ length: count }, (_, at) => line(`run-${at}`, 1) + line(`run-${at}`, 2)).join(""),
  );
  const before = process.memoryUsage().heapUsed;
  let found = 0;
  for await (const _ of fsSource(file).runs()) found++;
  expect(found).toBe(count);
  // 100 bytes a run, and as much again that was not yet collected, several times over.
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(120_000_000);
});
