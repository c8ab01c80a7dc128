import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, symlinkSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { HOSTILE_RUN_IDS, testEntry } from "@step-log/sink-testkit";
import { expect, test } from "vitest";
import { lastStep } from "../src/last-step.ts";
import { temporaryFolder } from "./child.ts";
import { fileWith, folderWith, line } from "./read/test-log.ts";

test("it is the highest step of the run, not the latest, nor one of another run", () => {
  const path = fileWith(line("a", 1), line("b", 9), line("a", 3), line("a", 2));
  expect(lastStep(path, "a")).toBe(3);
  expect(lastStep(path, "b")).toBe(9);
  expect(lastStep(path, "c")).toBeUndefined();
});

test("of a run that only began it is 0", () => {
  expect(lastStep(fileWith(line("a", 0, { type: "run_start" })), "a")).toBe(0);
});

test("a stub, lines that are no records and records without a step are passed over", () => {
  const path = fileWith(
    line("a", 4),
    'null\n"a"\n[]\n{"run_id":"a"}\n{"run_id":"a","step":"9"}\n{"run_id":"a","st',
  );
  expect(lastStep(path, "a")).toBe(4);
});

test("a run that another's record speaks of is not that run", () => {
  expect(lastStep(fileWith(line("a", 1), line("b", 7, { data: { run_id: "a" } })), "a")).toBe(1);
});

test.each(HOSTILE_RUN_IDS)("the run %j is known by its id, however a line spells it", (runId) => {
  const ours = testEntry({ runId, step: 5 }).line;
  expect(lastStep(fileWith(line("other", 8), ours), runId)).toBe(5);
  // As Python's json writes it.
  const ascii = ours.replace(
    /[^\0-~]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  expect(lastStep(fileWith(line("other", 8), ascii), runId)).toBe(5);
});

test("a last line that is longer than a MiB is found", () => {
  const long = line("a", 3, { data: "x".repeat(1_500_000) });
  expect(lastStep(fileWith(line("a", 1), line("a", 2), long), "a")).toBe(3);
});

test("a run behind which others wrote some MiB is found", () => {
  const others = Array.from({ length: 40 }, (_, step) =>
    line("b", step, { data: "x".repeat(100_000) }),
  );
  expect(lastStep(fileWith(line("a", 7), ...others), "a")).toBe(7);
});

test("it goes on behind a rotation, and with the files of other processes", () => {
  const folder = folderWith({
    "a.20260101T000000000Z.jsonl": line("a", 1) + line("a", 2),
    "a.20260102T000000000Z.jsonl": line("a", 3),
    "a.jsonl": line("b", 1),
    "a.4711-0a1b2c3d.jsonl": line("a", 6),
    "a.4712-0a1b2c3d.20260102T000000000Z-1.jsonl": line("a", 5),
    "a.b.jsonl": line("a", 90),
    "ab.jsonl": line("a", 91),
  });
  expect(lastStep(join(folder, "a.jsonl"), "a")).toBe(6);
  expect(lastStep(join(folder, "missing.jsonl"), "a")).toBeUndefined();
});

test("of very many files, the newest ones are looked at", () => {
  const names = Array.from({ length: 50 }, (_, i) => `a.20260101T0000000${10 + i}Z.jsonl`);
  const folder = folderWith(Object.fromEntries(names.map((name, i) => [name, line("a", i + 1)])));
  for (const [i, name] of names.entries()) utimesSync(join(folder, name), 1_000 + i, 1_000 + i);
  expect(lastStep(join(folder, "a.jsonl"), "a")).toBe(50);
});

test("where there is no file to read, nothing is known", () => {
  const folder = temporaryFolder();
  const path = join(folder, "a.jsonl");
  expect(lastStep(path, "a")).toBeUndefined();
  expect(lastStep(join(folder, "missing", "a.jsonl"), "a")).toBeUndefined();
  mkdirSync(path);
  expect(lastStep(path, "a")).toBeUndefined();
  expect(lastStep(join(fileWith(line("a", 1)), "b.jsonl"), "a")).toBeUndefined();
});

test("a link is not followed and a pipe not waited for", () => {
  const target = fileWith(line("a", 1));
  const folder = temporaryFolder();
  symlinkSync(target, join(folder, "link.jsonl"));
  expect(lastStep(join(folder, "link.jsonl"), "a")).toBeUndefined();
  execFileSync("mkfifo", [join(folder, "pipe.jsonl")]);
  expect(lastStep(join(folder, "pipe.jsonl"), "a")).toBeUndefined();
});

test.skipIf(process.getuid?.() === 0)("a file that must not be read tells nothing", () => {
  const path = fileWith(line("a", 1));
  chmodSync(path, 0);
  expect(lastStep(path, "a")).toBeUndefined();
});
