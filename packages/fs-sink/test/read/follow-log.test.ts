import {
  appendFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import type { BadLine, StepRecord } from "@step-log/core";
import { describe, expect, onTestFinished, test } from "vitest";
import { fsSource } from "../../src/read/fs-source.ts";
import { ReadableFile } from "../../src/read/readable-file.ts";
import { TailFile } from "../../src/read/tail-file.ts";
import { start } from "../child.ts";
import { follow, followCases } from "./follow-cases.ts";
import { all, brief, fileWith, folderWith, line } from "./test-log.ts";

// Looking by itself would come too late for any test.
describe("where the system tells of changes", () => followCases({ pollMs: 3_600_000 }));

test("from the end, only what comes is given, and a line that was begun as a whole", async () => {
  const path = fileWith(line("a", 1), line("a", 2).slice(0, 20));
  const options = { mode: "salvage", maxLineBytes: 1_000 } as const;
  const tail = await TailFile.begin(new ReadableFile(path), "end", options);
  onTestFinished(() => tail.close());
  appendFileSync(path, line("a", 2).slice(20) + line("a", 3));
  const items = (await all(tail.read(Buffer.alloc(100)))).flat();
  expect(brief(items)).toEqual(["a:2", "a:3"]);
});

test("from the end, files that had been put aside are left out", async () => {
  const aside = "x.20261122T184500000Z.jsonl";
  const folder = folderWith({ [aside]: line("a", 0), "x.jsonl": line("a", 1) });
  const { next } = follow(join(folder, "x.jsonl"), { from: "end" });
  expect(await appendUntil(next(), join(folder, "x.jsonl"))).toEqual([
    expect.stringMatching(/^a:1\d\d/),
  ]);
});

test("from the end of a file of 2 GB begins at once", async () => {
  const path = fileWith(line("a", 1));
  truncateSync(path, 2 * 1024 ** 3);
  appendFileSync(path, `\n${line("a", 2)}`);
  const startedAt = performance.now();
  const { next } = follow(path, { from: "end" });
  expect(await appendUntil(next(), path)).toEqual([expect.stringMatching(/^a:1\d\d/)]);
  // Reading them takes a second at the least.
  expect(performance.now() - startedAt).toBeLessThan(800);
});

test("of one run, others are left out", async () => {
  const path = fileWith(line("a", 1), line("b", 1));
  const { next } = follow(path, {}, "b");
  expect(await next()).toEqual(["b:1"]);
  appendFileSync(path, line("a", 2) + line("b", 2));
  expect(await next()).toEqual(["b:2"]);
});

describe("ending", () => {
  test("an abort ends the waiting with its reason", async () => {
    const path = fileWith(line("a", 1));
    const controller = new AbortController();
    const reason = new Error("enough");
    const items = fsSource(path, { follow: true }).readAll({ signal: controller.signal });
    const reading = all(items);
    setImmediate(() => controller.abort(reason));
    await expect(reading).rejects.toBe(reason);
  });

  test("leaving ends the waiting at once", async () => {
    const path = fileWith(line("a", 1));
    const { items, next } = follow(path, { pollMs: 600_000 });
    await next();
    const waiting = items.next();
    await items.return?.();
    expect(await waiting).toEqual({ done: true, value: undefined });
  });

  test("the process ends when nobody reads any more", async () => {
    const path = fileWith(line("a", 1));
    const child = start("follow", { path });
    expect(await child.line((text) => text === "left")).toBe("left");
    expect(await child.ended).toEqual({ code: 0, signal: null });
  });

  test("strict ends with the bad line", async () => {
    const path = fileWith(line("a", 1), "junk\n");
    const { items, next } = follow(path, { mode: "strict" });
    await expect(next(2)).rejects.toMatchObject({ code: "BAD_LINE" });
    await items.return?.();
  });

  test("the folder of a location must be there", async () => {
    const { next } = follow(join(folderWith(), "missing", "x.jsonl"));
    await expect(next()).rejects.toMatchObject({ code: "NOT_FOUND" });
  });
});

test("while it waits, it does next to nothing", async () => {
  const path = fileWith(line("a", 1));
  const { next, items } = follow(path);
  await next();
  const waiting = items.next();
  const before = process.cpuUsage();
  const startedAt = performance.now();
  await pause(1_500); // for what shows when nothing happens
  const { user, system } = process.cpuUsage(before);
  // 5 %, of which the test runner has its part.
  expect((user + system) / 1_000).toBeLessThan((performance.now() - startedAt) * 0.05);
  appendFileSync(path, line("a", 2));
  expect((await waiting).value).toMatchObject({ step: 2 });
});

test("more files than may be open are followed, also those put aside meanwhile", async () => {
  const names = Array.from({ length: 200 }, (_, at) => `run-${at}`);
  const folder = folderWith(
    Object.fromEntries(names.map((name) => [`${name}.jsonl`, line(name, 1)])),
  );
  const { next } = follow(folder);
  expect((await next(200)).sort()).toEqual(names.map((name) => `${name}:1`).sort());
  expect(readdirSync("/dev/fd").length).toBeLessThan(120);
  for (const name of names) appendFileSync(join(folder, `${name}.jsonl`), line(name, 2));
  expect((await next(200)).sort()).toEqual(names.map((name) => `${name}:2`).sort());
  for (const [at, name] of names.entries()) {
    const path = join(folder, `${name}.jsonl`);
    const aside = join(folder, `${name}.20261122T184500000Z.jsonl`);
    appendFileSync(path, line(name, 3));
    if (at % 2 === 0) {
      renameSync(path, aside);
    } else {
      writeFileSync(`${aside}.gz`, gzipSync(readFileSync(path)));
      rmSync(path);
    }
    writeFileSync(path, line(name, 4));
  }
  const wanted = names.flatMap((name) => [`${name}:3`, `${name}:4`]).sort();
  expect((await next(400)).sort()).toEqual(wanted);
});

test("follows a process that writes as fast as it can, while its file is put aside and packed", async () => {
  const folder = folderWith();
  const path = join(folder, "agent-steps.jsonl");
  const input = { path, runId: "a", durability: "os", count: 15_000, maxBytes: 10_000, seed: 7 };
  const child = start("flood", input);
  let asides = 0;
  const putAside = () => {
    if (!existsSync(path)) return; // the writer has not noticed yet
    const aside = join(folder, `agent-steps.20261122T184500${100 + asides}Z.jsonl`);
    renameSync(path, aside);
    if (asides++ % 3 === 1) writeFileSync(`${aside}.gz`, gzipSync(readFileSync(aside)));
  };
  const timer = setInterval(putAside, 100);
  onTestFinished(() => clearInterval(timer));
  const found: (StepRecord | BadLine)[] = [];
  for await (const item of fsSource(path, { follow: true }).readAll()) {
    found.push(item);
    if (item.type === "run_end") break;
  }
  clearInterval(timer);
  expect(await child.ended).toMatchObject({ code: 0 });
  expect(asides).toBeGreaterThan(2);
  const written = readdirSync(folder)
    .filter((name) => name.endsWith(".jsonl"))
    .flatMap((name) => linesOf(join(folder, name)));
  const key = (item: { type: string; step?: number }) => `${item.type}:${item.step}`;
  expect(found.filter((item) => item.type === "bad_line")).toEqual([]);
  expect(found.map((item) => key(item as StepRecord)).sort()).toEqual(written.map(key).sort());
}, 60_000);

function linesOf(path: string): StepRecord[] {
  const lines = readFileSync(path, "utf8").split("\n");
  return lines.filter((text) => text !== "").map((text) => JSON.parse(text));
}

/** Appends lines, with steps from 100, until what waits for one has it: it may not have begun yet. */
async function appendUntil<T>(waiting: Promise<T>, path: string): Promise<T> {
  let isOver = false;
  const over = () => {
    isOver = true;
  };
  waiting.then(over, over);
  for (let step = 100; !isOver; step++) {
    appendFileSync(path, line("a", step));
    await pause(20);
  }
  return waiting;
}
