import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { gunzipSync, gzipSync } from "node:zlib";
import { StepLog, type StepLogError } from "@step-log/core";
import { testRun } from "@step-log/sink-testkit";
import { afterEach, describe, expect, test, vi } from "vitest";
import { fsSink } from "../../src/fs-sink.ts";
import type { RotateOptions } from "../../src/index.ts";
import { asideFiles, putAside, tidy } from "../../src/write/rotate.ts";
import { findLines } from "../check-lines.ts";
import { start, temporaryFolder } from "../child.ts";
import { until } from "../until.ts";

const STAMPED = /^agent-steps\.\d{8}T\d{9}Z\.jsonl$/;
// Longer than a file that was put aside may still be written to.
const SETTLED_MS = 6_000;

afterEach(() => {
  vi.useRealTimers();
});

function logPath(): string {
  return join(temporaryFolder(), "agent-steps.jsonl");
}

function putAsideWith(path: string, content: string): string {
  writeFileSync(path, content);
  return putAside(path);
}

/** Lets the clock go on, without the waiting. */
function later(ms: number): void {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + ms });
}

describe("putting aside", () => {
  test("gives the file the time's name, and leaves its place empty", () => {
    const path = logPath();
    later(Date.UTC(2026, 10, 22, 18, 45, 0, 123) - Date.now());
    const aside = putAsideWith(path, "one\n");
    expect(aside).toBe(join(dirname(path), "agent-steps.20261122T184500123Z.jsonl"));
    expect(readFileSync(aside, "utf8")).toBe("one\n");
    expect(existsSync(path)).toBe(false);
  });

  test("names sort by age, also of many in one millisecond and after the clock was set back", () => {
    const path = logPath();
    later(0);
    const names = Array.from({ length: 12 }, (_, i) => basename(putAsideWith(path, `${i}\n`)));
    later(-3_600_000);
    names.push(basename(putAsideWith(path, "12\n")));
    expect(readdirSync(dirname(path)).sort()).toEqual(names);
    expect(asideFiles(path).map((file) => readFileSync(file.path, "utf8").trim())).toEqual(
      names.map((_, i) => String(i)),
    );
  });

  test("a name that somebody made up does not stand in the way", async () => {
    const path = logPath();
    for (const stamp of ["99999999T999999999Z", "99991231T235959999Z"]) {
      writeFileSync(join(dirname(path), `agent-steps.${stamp}.jsonl`), "made up\n");
    }
    const names = [1, 2].map((i) => basename(putAsideWith(path, `${i}\n`)));
    for (const name of names) expect(name).toMatch(/^agent-steps\.2\d{7}T\d{9}Z\.jsonl$/);
    expect([...names].sort()).toEqual(names);
  });

  test("what has a name of its own, is no file or is a link is left alone", async () => {
    const path = logPath();
    const folder = dirname(path);
    const stamp = "20200101T000000000Z";
    const others = [
      `other.${stamp}.jsonl`,
      `agent-steps.x.${stamp}.jsonl`,
      "agent-steps.old.jsonl",
      `agent-steps.${stamp}.txt`,
    ];
    for (const name of others) writeFileSync(join(folder, name), "other\n");
    mkdirSync(join(folder, `agent-steps.20200102T000000000Z.jsonl`));
    symlinkSync("/etc/passwd", join(folder, `agent-steps.20200103T000000000Z.jsonl`));
    const before = readdirSync(folder).sort();
    later(SETTLED_MS);
    await tidy(path, { keep: 0, gzip: true });
    expect(readdirSync(folder).sort()).toEqual(before);
  });
});

describe("tidying up", () => {
  test("keeps the newest files, packed or not, and deletes the others", async () => {
    const path = logPath();
    const files = Array.from({ length: 5 }, (_, i) => putAsideWith(path, `${i}\n`));
    await tidy(path, { keep: 2 });
    expect(asideFiles(path).map((file) => file.path)).toEqual(files.slice(3));
    later(SETTLED_MS);
    await tidy(path, { gzip: true });
    expect(asideFiles(path)).toHaveLength(2);
    await tidy(path, { keep: 0 });
    expect(readdirSync(dirname(path))).toEqual([]);
  });

  test("compresses what has settled: the .gz is equal, of the same mode, and the file is gone", async () => {
    const path = logPath();
    const content = testRun("run", 2_000)
      .map(({ line }) => line)
      .join("");
    writeFileSync(path, content, { mode: 0o600 });
    const settled = putAside(path);
    await tidy(path, { gzip: true });
    expect(existsSync(settled)).toBe(true); // a writer may not have noticed yet
    later(SETTLED_MS);
    await tidy(path, { gzip: true });
    expect(readdirSync(dirname(path))).toEqual([`${basename(settled)}.gz`]);
    expect(gunzipSync(readFileSync(`${settled}.gz`)).toString()).toBe(content);
    expect(statSync(`${settled}.gz`).mode & 0o777).toBe(0o600);
    expect(asideFiles(path)).toEqual([expect.objectContaining({ path: settled, isPacked: true })]);
  });

  test("several at once compress each file once and well", async () => {
    const path = logPath();
    const contents = Array.from({ length: 6 }, (_, i) => `${i} ${"x".repeat(300_000)}\n`);
    const files = contents.map((content) => putAsideWith(path, content));
    later(SETTLED_MS);
    const all = Promise.all([1, 2, 3].map(() => tidy(path, { gzip: true })));
    // Another process at the same work.
    const other = start("tidy", { path, aheadMs: SETTLED_MS });
    await all;
    expect(await other.ended, other.stderr()).toEqual({ code: 0, signal: null });
    expect(readdirSync(dirname(path)).sort()).toEqual(files.map((file) => `${basename(file)}.gz`));
    expect(files.map((file) => gunzipSync(readFileSync(`${file}.gz`)).toString())).toEqual(
      contents,
    );
  });

  test("goes on where a process was killed between packing and deleting", async () => {
    const path = logPath();
    const file = putAsideWith(path, "one\n");
    writeFileSync(`${file}.gz`, gzipSync("one\n"));
    const unfinished = [`${file}.gz.1-0a1b2c3d.tmp`, `${file}.gz.2-0a1b2c3d.tmp`] as const;
    for (const half of unfinished) writeFileSync(half, "half");
    utimesSync(unfinished[0], 1, 1);
    later(SETTLED_MS);
    await tidy(path, { gzip: true });
    const left = [`${basename(file)}.gz`, basename(unfinished[1])];
    expect(readdirSync(dirname(path)).sort()).toEqual(left);
    expect(gunzipSync(readFileSync(`${file}.gz`)).toString()).toBe("one\n");
  });

  test("leaves a file alone to which somebody writes meanwhile", async () => {
    const path = logPath();
    const file = putAsideWith(path, "x".repeat(30_000_000));
    later(SETTLED_MS);
    const tidied = tidy(path, { gzip: true });
    await until(() => readdirSync(dirname(path)).some((name) => name.endsWith(".tmp")));
    writeFileSync(file, "late\n", { flag: "a" });
    await tidied;
    expect(readdirSync(dirname(path))).toEqual([basename(file)]);
    expect(readFileSync(file, "utf8").endsWith("late\n")).toBe(true);
  });
});

describe("a sink that rotates", () => {
  test("by size: no file grows far above it, and all records are there, in order", async () => {
    const { path, files, count } = await record({ maxBytes: 10_000 }, (_, aside) => aside >= 6);
    expect(files.at(-1)).toBe(path);
    for (const [i, file] of files.slice(0, -1).entries()) {
      expect(basename(file)).toMatch(STAMPED);
      expect(statSync(file).mode & 0o777).toBe(0o600);
      expect(statSync(file).size).toBeGreaterThanOrEqual(10_000);
      // The first one grows until the lock was had.
      if (i > 0) expect(statSync(file).size).toBeLessThan(10_000 + 600);
    }
    expect(stepsIn(files)).toEqual(Array.from({ length: count }, (_, step) => step));
  });

  test("by age: of the file, not of the process", async () => {
    const path = logPath();
    writeFileSync(path, "", { mode: 0o600 });
    later(100_000);
    const { files, count } = await record({ maxAgeMs: 60_000 }, (_, aside) => aside > 0, path);
    expect(stepsIn(files)).toEqual(Array.from({ length: count }, (_, step) => step));
  });

  test("by age: a young file stays", async () => {
    const { path, files } = await record({ maxAgeMs: 60_000 }, (recorded) => recorded >= 100);
    expect(files).toEqual([path]);
  });

  test("keeps as many files as it is told", async () => {
    const rotate = { maxBytes: 1_000, keep: 3 };
    const { files, count } = await record(
      rotate,
      (recorded, aside) => recorded > 200 && aside === 3,
    );
    expect(files.length).toBeLessThanOrEqual(4);
    const steps = stepsIn(files);
    expect(steps).toEqual(Array.from({ length: steps.length }, (_, i) => count - steps.length + i));
  });

  test("compresses what was put aside before", async () => {
    const rotate = { maxBytes: 2_000, gzip: true };
    const { path } = await record(rotate, (_, aside) => aside >= 3);
    const before = asideFiles(path).map((file) => file.path);
    const contents = before.map((file) => readFileSync(file, "utf8"));
    later(SETTLED_MS);
    await record(rotate, () => before.every((file) => !existsSync(file)), path);
    expect(before.map((file) => gunzipSync(readFileSync(`${file}.gz`)).toString())).toEqual(
      contents,
    );
  });

  test("writes into the new file, when another has put its own aside meanwhile", async () => {
    const path = logPath();
    const sink = fsSink(path);
    const log = new StepLog({ runId: "run", sink });
    log.recordEvent("before");
    await log.flush();
    const aside = putAside(path);
    // At the latest 50 ms later a writer looks where its path leads.
    await sleep(60);
    log.recordEvent("after");
    expect(stepsIn([aside])).toEqual([0, 1]);
    expect(stepsIn([path])).toEqual([2]);
    await sink.close();
  });

  test("a folder's runs are put aside each by itself", async () => {
    const folder = `${temporaryFolder()}/`;
    const sink = fsSink(folder, { rotate: { maxBytes: 2_000 } });
    const logs = ["a", "b"].map((runId) => new StepLog({ runId, sink }));
    let last = 0;
    await until(() => {
      for (const log of logs) last = log.recordEvent("load", "x".repeat(100));
      return ["a", "b"].every((runId) => asideFiles(join(folder, `${runId}.jsonl`)).length > 0);
    });
    for (const log of logs) await log.close();
    await sink.close();
    for (const runId of ["a", "b"]) {
      const path = join(folder, `${runId}.jsonl`);
      const files = [
        ...asideFiles(path).map((file) => file.path),
        ...(existsSync(path) ? [path] : []),
      ];
      expect(stepsIn(files)).toEqual(Array.from({ length: last + 2 }, (_, step) => step));
    }
  });
});

test("4 processes that flood one log and rotate it: each record once, over all files", async () => {
  const path = logPath();
  const rotate = { maxBytes: 300_000 };
  const count = 1_500;
  const writers = Array.from({ length: 4 }, (_, i) =>
    start("flood", {
      path,
      runId: `run-${i}`,
      durability: "os",
      count,
      maxBytes: 30_000,
      seed: i + 1,
      rotate,
    }),
  );
  for (const writer of writers)
    expect(await writer.ended, writer.stderr()).toEqual({ code: 0, signal: null });
  const aside = asideFiles(path);
  expect(aside.length).toBeGreaterThan(3);
  const found = [...aside.map((file) => file.path), ...(existsSync(path) ? [path] : [])].map(
    findLines,
  );
  expect(found.flatMap(({ bad }) => bad)).toEqual([]);
  for (let i = 0; i < 4; i++) {
    const steps = found.flatMap(({ steps }) => steps.get(`run-${i}`) ?? []);
    expect(steps.sort((a, b) => a - b)).toEqual(
      Array.from({ length: count + 2 }, (_, step) => step),
    );
  }
  // A writer that had the file open when it was put aside notices at the latest after 5 s.
  for (const { path: file, at } of aside) expect(statSync(file).mtimeMs - at).toBeLessThan(5_000);
}, 120_000);

/** Records one record a turn of the event loop, until so many are recorded and put aside. */
async function record(
  rotate: RotateOptions,
  isEnough: (recorded: number, aside: number) => boolean,
  path: string = logPath(),
) {
  const errors: StepLogError[] = [];
  const sink = fsSink(path, { rotate, onError: (error) => void errors.push(error) });
  const log = new StepLog({ runId: "run", sink });
  let last = 0;
  await until(() => {
    last = log.recordEvent("load", "x".repeat(100));
    return isEnough(last, asideFiles(path).length);
  });
  await log.close();
  await sink.close();
  expect(errors).toEqual([]);
  const files = [...asideFiles(path).map((file) => file.path), ...(existsSync(path) ? [path] : [])];
  // With run_start and run_end.
  return { path, files, count: last + 2 };
}

function stepsIn(files: readonly string[]): number[] {
  return files.flatMap((file) =>
    readFileSync(file, "utf8")
      .trimEnd()
      .split("\n")
      .map((line): number => JSON.parse(line).step),
  );
}
