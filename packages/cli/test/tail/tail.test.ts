import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { StepLog } from "@step-log/core";
import { fsSink } from "@step-log/fs-sink";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startCli } from "../support/cli-process.ts";
import { plain, runCli } from "../support/run-cli.ts";

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), "step-log-cli-"));
  mkdirSync(join(cwd, "logs"));
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

let ts = 1_772_443_800;
function line(runId: string, step: number, more: object = {}): string {
  const tool = { type: "tool_call", tool: "search", input: null, output: null, error: null };
  const all = { run_id: runId, step, ts: ts++, ...tool, duration_ms: 12, ...more };
  return `${JSON.stringify(all)}\n`;
}
const append = (file: string, text: string) => appendFileSync(join(cwd, "logs", file), text);
const stepsOf = (stdout: string) =>
  stdout
    .trim()
    .split("\n")
    .filter(Boolean)
    .map((text) => Number(/#(\d+)/.exec(plain(text))?.[1] ?? JSON.parse(text).step));

test("the last steps of a folder are shown, one a line, that fits the terminal", async () => {
  const sink = fsSink(`${cwd}/logs/`);
  const log = new StepLog({ runId: "run-a", sink, run: { agent: { name: "helper" } } });
  log.recordLlmCall({
    model: "m-1",
    inputTokens: 1200,
    outputTokens: 34,
    stopReason: "end_turn",
    durationMs: 1840,
  });
  await log.tool("search", {}, async () => []);
  log.recordToolCall({ tool: "get", error: new TypeError("away \u{1b}[2J\u{202e}".repeat(99)) });
  log.tool("never_ends", {}, () => new Promise(() => {}));
  log.end();
  await log.close();
  const linesAt = async (columns: number) => {
    const { stdout, exitCode } = await runCli(["tail", "logs"], { cwd, columns });
    expect(exitCode).toBe(0);
    const lines = plain(stdout).trimEnd().split("\n");
    for (const text of lines) expect(text.length).toBeLessThanOrEqual(columns);
    return lines.map((text) => text.slice(text.indexOf("run-a")).trimEnd());
  };
  expect(await linesAt(120)).toEqual([
    "run-a            #0  run    helper                              begins",
    "run-a            #1  model  m-1                         1.84 s  1,200 → 34 tokens  end_turn",
    expect.stringMatching(/^run-a {12}#2 {2}tool {3}search +[\d.]+ ms {2}ok$/),
    expect.stringMatching(/^run-a {12}#3 {2}tool {3}get +TypeError: away \\u\{1b\}.*…$/),
    "run-a            #4  tool   never_ends                       …",
    "run-a            #5  run                                        ended ok",
  ]);
  expect((await linesAt(80))[1]).toBe(
    "run-a            #1  model  m-1               1.84 s  1,200 → 34  end…",
  );
});

test("-n, --run, --type and --errors choose; files that changed last come first", async () => {
  append("a.jsonl", [1, 2, 3].map((step) => line("a", step)).join(""));
  append("b.jsonl", line("b", 4, { error: "no" }) + line("b", 5) + line("b", 6, { type: "event" }));
  const of = async (...args: string[]) =>
    stepsOf((await runCli(["tail", "logs", ...args], { cwd })).stdout);
  expect(await of("-n", "2")).toEqual([5, 6]);
  expect(await of("-n", "0")).toEqual([]);
  expect(await of()).toEqual([1, 2, 3, 4, 5, 6]);
  expect(await of("--run", "a", "-n", "1")).toEqual([3]);
  expect(await of("--type", "event")).toEqual([6]);
  expect(await of("--errors")).toEqual([4]);
  expect(await of("--jsonl", "-n", "2")).toEqual([5, 6]);
});

test("lines that are no records are shown where they stand, and told", async () => {
  append("a.jsonl", `${line("a", 1)}{oops \u{1b}[31m\n${line("a", 2)}`);
  const { stdout, stderr, exitCode } = await runCli(["tail", "logs"], { cwd });
  expect(stdout.split("\n")[1]).toMatch(/not read: .*a\.jsonl at byte \d+: /);
  expect(stderr).toContain("1 line could not be read");
  expect(exitCode).toBe(0);
  const raw = await runCli(["tail", "logs", "--jsonl"], { cwd });
  expect(stepsOf(raw.stdout)).toEqual([1, 2]);
});

test("--jsonl gives records as they are, with nothing that a terminal obeys", async () => {
  const record = { name: "\u{9b}31m\u{202e}\u{2028}\u{e0041}é", data: { n: 1e21 } };
  append("a.jsonl", line("a", 1, { type: "event", ...record }));
  const { stdout } = await runCli(["tail", "logs", "--jsonl"], { cwd });
  expect(JSON.parse(stdout)).toMatchObject(record);
  for (const live of ["\u{9b}", "\u{202e}", "\u{2028}", "\u{e0041}"]) {
    expect(stdout).not.toContain(live);
  }
});

test("what is piped in has an end, too, and cannot be followed", async () => {
  const stdin = line("a", 1) + line("a", 2);
  const { stdout } = await runCli(["tail", "-", "-n", "1"], { cwd, stdin });
  expect(stepsOf(stdout)).toEqual([2]);
  const follow = await runCli(["tail", "-f", "-"], { cwd, stdin });
  expect(follow).toMatchObject({ exitCode: 2, stdout: "" });
  expect(follow.stderr).toContain("- cannot be followed");
});

test("-f shows what comes at once, in new files too; Ctrl-C ends it with a count and 0", async () => {
  append("a.jsonl", line("a", 1) + line("a", 2) + line("a", 3));
  const tail = startCli(["tail", "-f", "-n", "2", "logs"], { cwd });
  const count = (lines: number) => (stdout: string) => stdout.split("\n").length > lines;
  await tail.until(count(2));
  append("a.jsonl", line("a", 4));
  await tail.until(count(3));
  append("b.jsonl", line("b", 5, { error: "no" }));
  await tail.until(count(4));
  tail.process.kill("SIGINT");
  expect(await tail.ended).toEqual({ code: 0, signal: null });
  expect(stepsOf(tail.stdout())).toEqual([2, 3, 4, 5]);
  expect(tail.stderr()).toBe("step-log: 4 records, 1 error\n");
});

test("nothing is missed or shown twice between the end that was read and what is followed", async () => {
  writeFileSync(join(cwd, "logs/a.jsonl"), line("a", 1));
  const steps = 3000;
  const tail = startCli(["tail", "-f", "-n", "100000", "logs", "--jsonl"], { cwd });
  for (let step = 2; step <= steps; step++) {
    append("a.jsonl", line("a", step));
    if (step % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  await tail.until((stdout) => stdout.includes(`"step":${steps},`));
  tail.process.kill("SIGINT");
  await tail.ended;
  expect(stepsOf(tail.stdout())).toEqual(Array.from({ length: steps }, (_, at) => at + 1));
});

test("two folders are followed at once", async () => {
  mkdirSync(join(cwd, "more"));
  append("a.jsonl", line("a", 1));
  writeFileSync(join(cwd, "more/b.jsonl"), line("b", 2));
  const tail = startCli(["tail", "-f", "logs", "more"], { cwd });
  await tail.until((stdout) => stdout.includes("#2"));
  append("a.jsonl", line("a", 3));
  await tail.until((stdout) => stdout.includes("#3"));
  appendFileSync(join(cwd, "more/b.jsonl"), line("b", 4));
  await tail.until((stdout) => stdout.includes("#4"));
  tail.process.kill("SIGINT");
  expect(await tail.ended).toEqual({ code: 0, signal: null });
  expect(stepsOf(tail.stdout())).toEqual([1, 2, 3, 4]);
});
