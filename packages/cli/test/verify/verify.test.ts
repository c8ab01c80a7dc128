import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "vitest";
import { plain, runCli } from "../support/run-cli.ts";

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), "step-log-cli-"));
  mkdirSync(join(cwd, "logs"));
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

function line(runId: string, step: number, text = ""): string {
  return `${JSON.stringify({ run_id: runId, step, type: "event", ts: step, name: text, data: null })}\n`;
}
const put = (name: string, content: string | Uint8Array) =>
  writeFileSync(join(cwd, "logs", name), content);
const verify = (...args: string[]) => runCli(["verify", ...args], { cwd, columns: 200 });

test("a sound log is said to be so, with what was looked at", async () => {
  put("a.jsonl", line("a", 1) + line("a", 2));
  const { stdout, exitCode } = await verify("logs");
  expect(exitCode).toBe(0);
  expect(plain(stdout)).toMatch(/^1 file, \d+ B: 2 records of 1 run\.\nNothing is wrong\.\n/);
});

test("bad lines are told by file, line and byte, in packed files too", async () => {
  const big = line("a", 1, "é".repeat(100_000));
  put("a.jsonl", `${big}\n\n{oops\n${line("a", 2)}{"run_id":"a","st`);
  put("b.jsonl.gz", gzipSync(`${line("b", 1)}\0\0\0\n`));
  const { stdout, stderr, exitCode } = await verify("logs", "--json");
  expect(exitCode).toBe(1);
  const report = JSON.parse(stdout);
  const offset = Buffer.byteLength(big) + 2;
  expect(report.places).toMatchObject([
    { file: join("logs", "a.jsonl"), line: 4, offset, bytes: 5, damage: "cut" },
    { file: join("logs", "a.jsonl"), line: 6, damage: "cut" },
    { file: join("logs", "b.jsonl.gz"), line: 2, damage: "nul" },
  ]);
  expect(report).toMatchObject({ files: 2, records: 3, bad_line_count: 3, torn_tail: true });
  expect(report.damaged_files).toMatchObject([{ bad_line_count: 2 }, { bad_line_count: 1 }]);
  expect(stderr).toContain("step-log repair --dry-run logs");
});

test("steps that are missing, and those there twice, are problems", async () => {
  put("a.jsonl", line("a", 1) + line("a", 4) + line("a", 4));
  const { stdout, exitCode } = await verify("logs");
  expect(exitCode).toBe(1);
  expect(plain(stdout)).toContain("2 steps missing, 1 step recorded twice.");
  expect(plain(stdout)).toMatch(/^a +- +2 +3$/m);
});

test("several locations are added up; what is hostile is made visible", async () => {
  put("a.jsonl", line("a", 1));
  mkdirSync(join(cwd, "more"));
  writeFileSync(join(cwd, "more/b\u{1b}[31m.jsonl"), "{oops\n");
  const { stdout } = await verify("logs", "more");
  expect(plain(stdout)).toMatch(/^2 files, .*: 1 record of 1 run\.\n1 line could not be read/);
  expect(stdout).toContain(String.raw`b\u{1b}[31m.jsonl`);
});

test("the log of another tool is looked at as far as it can be", async () => {
  const message = { type: "message", role: "user", content: "hi" };
  writeFileSync(join(cwd, "x.json"), JSON.stringify({ messages: [message] }));
  const { exitCode, stdout } = await verify("x.json");
  expect(exitCode).toBeLessThan(2);
  expect(stdout).toContain("1 file");
});
