import {
  appendFileSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { DEFAULT_LIMITS } from "../../src/read/default-limits.ts";
import { listLogFiles } from "../../src/read/log-files.ts";
import { readChain } from "../../src/read/read-chain.ts";
import { all, brief, folderWith, line } from "./test-log.ts";

const FIRST = "x.20261122T184500000Z.jsonl";
const SECOND = "x.20261122T184500001Z.jsonl";

/** A log of two files, listed; what happens between the listing and the reading is up to the test. */
async function listedLog(ageMs = 0) {
  const folder = folderWith({ [FIRST]: line("a", 1), "x.jsonl": line("a", 2) });
  const path = (name: string) => join(folder, name);
  const listed = await listLogFiles(path("x.jsonl"));
  const files = { ...listed, listedAt: listed.listedAt + ageMs };
  const [chain = []] = files.logs.get("x") ?? [];
  const options = { mode: "salvage", ...DEFAULT_LIMITS } as const;
  const read = async () => brief((await all(readChain(chain, files, options))).flat());
  return { path, read, chain, files, options };
}

test("the file in use was put aside: it is read, and the new one after it", async () => {
  const { path, read } = await listedLog();
  renameSync(path("x.jsonl"), path(SECOND));
  writeFileSync(path("x.jsonl"), line("a", 3));
  expect(await read()).toEqual(["a:1", "a:2", "a:3"]);
});

test("the file in use was put aside, and there is no new one yet", async () => {
  const { path, read } = await listedLog();
  renameSync(path("x.jsonl"), path(SECOND));
  expect(await read()).toEqual(["a:1", "a:2"]);
});

test("the file in use was put aside and packed", async () => {
  const { path, read } = await listedLog();
  rmSync(path("x.jsonl"));
  writeFileSync(path(`${SECOND}.gz`), gzipSync(line("a", 2)));
  writeFileSync(path("x.jsonl"), line("a", 3));
  expect(await read()).toEqual(["a:1", "a:2", "a:3"]);
});

test("one that had been put aside was packed", async () => {
  const { path, read } = await listedLog();
  writeFileSync(path(`${FIRST}.gz`), gzipSync(readFileSync(path(FIRST))));
  rmSync(path(FIRST));
  expect(await read()).toEqual(["a:1", "a:2"]);
});

test("one that had been put aside was deleted: that is told", async () => {
  // The file in use seems to be older than the list, which is not made again then.
  const { path, read } = await listedLog(1_000);
  rmSync(path(FIRST));
  expect(await read()).toEqual(["bad@0+0", "a:2"]);
});

test("the file in use is put aside and packed while an older one is read", async () => {
  const { path, chain, files, options } = await listedLog();
  const reading = readChain(chain, files, options);
  expect(brief((await reading.next()).value ?? [])).toEqual(["a:1"]);
  rmSync(path("x.jsonl"));
  writeFileSync(path(`${SECOND}.gz`), gzipSync(line("a", 2)));
  writeFileSync(path("x.jsonl"), line("a", 3));
  expect(brief((await all(reading)).flat())).toEqual(["a:2"]);
});

test("what is appended while a file is read is left out, and the line that was begun is not", async () => {
  const { path, chain, files, options } = await listedLog();
  const many = Array.from({ length: 20_000 }, (_, step) => line("a", 3 + step)).join("");
  const cut = line("a", 99_999);
  appendFileSync(path("x.jsonl"), many + cut.slice(0, 10));
  const reading = readChain(chain, files, options);
  const found = brief((await reading.next()).value ?? []);
  found.push(...brief((await reading.next()).value ?? []));
  appendFileSync(path("x.jsonl"), cut.slice(10) + many.repeat(3));
  found.push(...brief((await all(reading)).flat()));
  expect(found.filter((item) => item.startsWith("bad"))).toEqual([]);
  expect(found.slice(0, 20_002)).toEqual(Array.from({ length: 20_002 }, (_, at) => `a:${at + 1}`));
  expect(found[20_002]).toBe("a:99999");
  // It may read a little further, but not to an end that goes away from it.
  expect(found.length).toBeLessThan(25_000);
});

test("a file that becomes shorter while it is read is told", async () => {
  const { path, chain, files, options } = await listedLog();
  writeFileSync(path("x.jsonl"), line("a", 2).repeat(50_000));
  const reading = readChain(chain, files, options);
  await reading.next();
  await reading.next();
  truncateSync(path("x.jsonl"), 100);
  const rest = (await all(reading)).flat();
  expect(rest.at(-1)).toMatchObject({
    damage: "unreadable",
    reason: expect.stringContaining("shorter"),
  });
});
