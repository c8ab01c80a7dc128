import {
  appendFileSync,
  closeSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { BadLine, StepRecord } from "@step-log/core";
import { expect, onTestFinished, test } from "vitest";
import { type FsSourceOptions, fsSource } from "../../src/read/fs-source.ts";
import { brief, fileWith, folderWith, line } from "./test-log.ts";

/** Follows a log; each call of `next` gives the next items, in brief. */
export function follow(location: string, options: FsSourceOptions = {}, runId?: string) {
  const source = fsSource(location, { follow: true, ...options });
  const items = (runId === undefined ? source.readAll() : source.read(runId))[
    Symbol.asyncIterator
  ]();
  onTestFinished(async () => void (await items.return?.()));
  return {
    items,
    async next(count = 1): Promise<string[]> {
      const found = [];
      for (let left = count; left > 0; left--) {
        const { done, value } = await items.next();
        if (done) break;
        found.push(value as StepRecord | BadLine);
      }
      return brief(found);
    },
  };
}

/** What following does, whether the system tells of changes or not. */
export function followCases(options: FsSourceOptions): void {
  test("gives what is there, and then what comes, a line only once it is complete", async () => {
    const path = fileWith(line("a", 1), line("a", 2).slice(0, 20));
    const { next } = follow(path, options);
    expect(await next()).toEqual(["a:1"]);
    const waiting = next(2);
    appendFileSync(path, line("a", 2).slice(20, 30));
    appendFileSync(path, line("a", 2).slice(30) + line("a", 3));
    expect(await waiting).toEqual(["a:2", "a:3"]);
  });

  test("waits for a file that is not there yet", async () => {
    const folder = folderWith();
    const { next } = follow(join(folder, "x.jsonl"), options);
    const waiting = next();
    writeFileSync(join(folder, "x.jsonl"), line("a", 1));
    expect(await waiting).toEqual(["a:1"]);
  });

  test("goes on in the new file when one is put aside, packed or deleted", async () => {
    const path = fileWith(line("a", 1));
    const aside = (stamp: number) => path.replace(".jsonl", `.20261122T18450000${stamp}Z.jsonl`);
    const { next } = follow(path, options);
    expect(await next()).toEqual(["a:1"]);
    appendFileSync(path, line("a", 2));
    renameSync(path, aside(1));
    appendFileSync(aside(1), line("a", 3));
    writeFileSync(path, line("a", 4));
    expect((await next(3)).sort()).toEqual(["a:2", "a:3", "a:4"]);
    appendFileSync(path, line("a", 5));
    writeFileSync(`${aside(2)}.gz`, gzipSync(readFileSync(path)));
    rmSync(path);
    writeFileSync(path, line("a", 6));
    expect(await next(2)).toEqual(["a:5", "a:6"]);
    rmSync(path);
    writeFileSync(path, line("a", 7));
    expect(await next()).toEqual(["a:7"]);
    appendFileSync(path, line("a", 8));
    expect(await next()).toEqual(["a:8"]);
  });

  test("reads on what was put aside before it was seen", async () => {
    const folder = folderWith();
    const { next } = follow(join(folder, "x.jsonl"), options);
    const aside = join(folder, "x.20261122T184500000Z.jsonl");
    const waiting = next();
    writeFileSync(aside, line("a", 1));
    expect(await waiting).toEqual(["a:1"]);
    appendFileSync(aside, line("a", 2));
    expect(await next()).toEqual(["a:2"]);
  });

  test("begins again when the file is cut", async () => {
    const path = fileWith(line("a", 1), line("a", 2), line("a", 3).slice(0, 9));
    const { next } = follow(path, options);
    expect(await next(2)).toEqual(["a:1", "a:2"]);
    const waiting = next(2);
    const fd = openSync(path, "r+");
    ftruncateSync(fd, 0);
    writeSync(fd, line("b", 1), 0);
    closeSync(fd);
    expect(await waiting).toEqual([`bad@${2 * line("a", 1).length}+9`, "b:1"]);
  });

  test("finds new files of a folder, and new files of processes", async () => {
    const folder = folderWith({ "a.jsonl": line("a", 1) });
    const { next } = follow(folder, options);
    expect(await next()).toEqual(["a:1"]);
    writeFileSync(join(folder, "b.jsonl"), line("b", 1));
    expect(await next()).toEqual(["b:1"]);
    writeFileSync(join(folder, "a.7-00000000.jsonl"), line("a", 2));
    expect(await next()).toEqual(["a:2"]);
    appendFileSync(join(folder, "a.jsonl"), line("a", 3));
    expect(await next()).toEqual(["a:3"]);
    mkdirSync(join(folder, "c.jsonl"));
    expect(await next()).toEqual(["bad@0+0"]);
  });
}
