import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { StepLog } from "@step-log/core";
import { fsSink } from "@step-log/fs-sink";
import { afterEach, beforeEach, expect, test } from "vitest";
import { plain, runCli } from "./support/run-cli.ts";

let folder: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "step-log-cli-"));
  for (const runId of ["run-a", "run-b"]) {
    const log = new StepLog({ runId, sink: fsSink(`${folder}/logs/`) });
    log.recordLlmCall({
      model: "m-1",
      inputTokens: 1200,
      outputTokens: 340,
      stopReason: "tool_use",
      durationMs: 1840,
    });
    log.recordToolCall({ tool: "search", input: {}, output: [], durationMs: 12 });
    log.recordToolCall({ tool: "search", input: {}, error: new Error("away"), durationMs: 40 });
    await log.close();
  }
});
afterEach(() => rmSync(folder, { recursive: true }));

test("all runs of ./logs are summed up where no location is given, and it says so", async () => {
  const { stdout, stderr, exitCode } = await runCli(["summarize", "--json"], { cwd: folder });
  expect(exitCode).toBe(0);
  expect(stderr).toBe("step-log: reading logs\n");
  expect(JSON.parse(stdout)).toMatchObject({
    runs: 2,
    tool_call_count: 4,
    error_count: 2,
    tokens: { input: 2400, output: 680 },
    by_tool: { search: { calls: 4, errors: 2 } },
  });
});

test("one run is found by the beginning of its id", async () => {
  const { stdout } = await runCli(["summarize", "--run", "run-b", "--json", "logs"], {
    cwd: folder,
  });
  expect(JSON.parse(stdout)).toMatchObject({ run_id: "run-b", tool_call_count: 2 });
  const wrong = await runCli(["summarize", "--run", "x", "logs"], { cwd: folder });
  expect(wrong).toMatchObject({ exitCode: 2, stdout: "" });
  expect(wrong.stderr).toContain("there is no run x; there are:\n  run-a\n  run-b\n");
});

test("people get tables that fit the terminal", async () => {
  const { stdout } = await runCli(["summarize", "logs"], { cwd: folder, columns: 60 });
  expect(stdout).toContain("\u{1b}[");
  expect(plain(stdout)).toMatch(/^tool {4}calls {4}errors {4}p50 {4}p95 {4}p99 {4}max$/m);
  expect(plain(stdout)).toMatch(/^search {6}4 {2}2 \(50 %\) {2}26 ms( {2}40 ms){3}$/m);
});

test("what is piped in is read, whatever tool wrote it", async () => {
  const line = JSON.stringify({
    messages: [
      { role: "user", content: "hi" },
      { role: "assistant", content: "yes" },
    ],
  });
  const { stdout, exitCode } = await runCli(["summarize", "-", "--json"], { stdin: `${line}\n` });
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ llm_call_count: 1 });
});

test("lines that are no records are counted in the answer, and told beside it", async () => {
  writeFileSync(`${folder}/logs/run-b.jsonl`, "{oops\n", { flag: "a" });
  const { stdout, stderr } = await runCli(["summarize", "logs", "--json"], { cwd: folder });
  expect(JSON.parse(stdout)).toMatchObject({ bad_lines: 1 });
  expect(stderr).toContain("1 line could not be read");
});

test("a mistyped command and a mistyped option get the nearest", async () => {
  const command = await runCli(["sumarize"]);
  expect(command.exitCode).toBe(2);
  expect(command.stderr).toContain("Did you mean summarize?");
  const option = await runCli(["summarize", "--jsn"]);
  expect(option.exitCode).toBe(2);
  expect(option.stderr).toContain("Did you mean --json?");
});
