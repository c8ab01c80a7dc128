import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { importLog } from "@step-log/convert";
import { StepLog, type StepRecord, summarize } from "@step-log/core";
import { fsSink } from "@step-log/fs-sink";
import { afterEach, beforeEach, expect, test } from "vitest";
import { claudeSession } from "../support/claude-session.ts";
import { runCli } from "../support/run-cli.ts";

const SECRET = `sk-ant-api03-${"a1B2".repeat(8)}`;

let cwd: string;
beforeEach(async () => {
  cwd = mkdtempSync(join(tmpdir(), "step-log-cli-"));
  const sink = fsSink(join(cwd, "logs/"));
  for (const runId of ["run-a", "run-b"]) {
    const log = new StepLog({ runId, sink, redact: false });
    log.recordToolCall({
      tool: "login",
      input: { key: SECRET },
      output: "\u{9b}31mred",
      durationMs: 4,
    });
    await log.close();
  }
  await sink.close();
});
afterEach(() => rmSync(cwd, { recursive: true }));

async function recordsOf(text: string): Promise<StepRecord[]> {
  const records: StepRecord[] = [];
  for await (const it of importLog(Buffer.from(text), { redact: false })) {
    if (it.type !== "bad_line") records.push(it);
  }
  return records;
}

test.each(["otlp-json", "atif"])("%s on stdout gives back what was recorded", async (format) => {
  const { stdout, stderr, exitCode } = await runCli(["export", "logs", "--format", format], {
    cwd,
  });
  expect({ stderr, exitCode }).toEqual({ stderr: "", exitCode: 0 });
  expect(await summarize(await recordsOf(stdout))).toMatchObject({ runs: 2, toolCallCount: 2 });
});

test("the runs that are named are exported, to a file that tells its format and appears whole", async () => {
  const args = ["export", "logs", "--run", "run-b", "-o", "run.html"];
  const { stdout, stderr, exitCode } = await runCli(args, { cwd });
  expect({ stdout, exitCode }).toEqual({ stdout: "", exitCode: 0 });
  expect(stderr).toMatch(/^step-log: wrote run\.html: \d+(\.\d)? kB, 3 records; not redacted/);
  const page = readFileSync(join(cwd, "run.html"), "utf8");
  expect(page).toContain("run-b");
  expect(page).not.toContain("run-a");
  expect(page).toContain(SECRET);
  expect(statSync(join(cwd, "run.html")).mode & 0o777).toBe(0o600);
  expect(readdirSync(cwd).sort()).toEqual(["logs", "run.html"]);
});

test("--redact replaces what the log has of credentials", async () => {
  const args = ["export", "logs", "--run", "run-a", "--run", "run-b", "--redact"];
  const { stderr } = await runCli([...args, "-o", "steps.csv"], { cwd });
  expect(stderr).toContain("6 records; credentials were replaced");
  const text = readFileSync(join(cwd, "steps.csv"), "utf8");
  expect(text).toContain("[REDACTED:");
  expect(text).not.toContain(SECRET);
});

test("--since exports the runs that have a record of that time, whole", async () => {
  const none = await runCli(["export", "logs", "--format", "csv", "--until", "2020-01-01"], {
    cwd,
  });
  expect(none.stdout.trim().split("\n")).toHaveLength(1);
  expect(none.stderr).toContain("no run has a record of that time");
  const all = await runCli(["export", "logs", "--format", "csv", "--since", "1h"], { cwd });
  expect(all.stdout.trim().split("\n")).toHaveLength(7);
});

test("a log of another tool is exported as it is", async () => {
  writeFileSync(join(cwd, "s.jsonl"), claudeSession("s1", 2));
  const { stdout } = await runCli(["export", "s.jsonl", "--format", "markdown"], { cwd });
  expect(stdout).toContain("Read");
  const piped = await runCli(["export", "-", "--format", "markdown"], {
    cwd,
    stdin: claudeSession("s1", 2),
  });
  expect(piped.stdout).toBe(stdout);
});

test("a terminal gets no page, and no control character", async () => {
  const page = await runCli(["export", "logs", "--format", "html"], { cwd, columns: 80 });
  expect(page).toMatchObject({ exitCode: 2, stdout: "" });
  expect(page.stderr).toContain("a page is not for a terminal: add -o run.html");
  const csv = await runCli(["export", "logs", "--format", "csv"], { cwd, columns: 80 });
  expect(csv.stdout).toContain("31mred");
  expect(csv.stdout).not.toContain("\u{9b}");
});

test("what cannot be meant is told, with what can be", async () => {
  const say = async (...args: string[]) => {
    const { exitCode, stderr } = await runCli(["export", ...args], { cwd });
    expect(exitCode).toBe(2);
    return stderr;
  };
  expect(await say("logs")).toContain("which format? --format takes otlp-json, atif, csv");
  expect(await say("logs", "--format", "htm")).toContain("there is no format htm");
  expect(await say("logs", "--format", "csv", "--run", "x")).toContain("there is no run x");
  const log = "logs/run-a.jsonl";
  expect(await say(log, "--format", "csv", "-o", log)).toContain("is the log that is exported");
  expect(await say("logs", "--format", "csv", "-o", "no/such/x.csv")).toContain(
    "there is no folder",
  );
  expect(readdirSync(cwd)).toEqual(["logs"]);
});

test("bad lines are counted beside it", async () => {
  writeFileSync(join(cwd, "logs/run-b.jsonl"), "{oops\n", { flag: "a" });
  const { stderr, exitCode } = await runCli(["export", "logs", "--format", "csv"], { cwd });
  expect(stderr).toContain("1 line could not be read");
  expect(exitCode).toBe(0);
});
