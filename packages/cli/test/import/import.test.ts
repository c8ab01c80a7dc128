import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { StepLog, summarize } from "@step-log/core";
import { fsSink, fsSource } from "@step-log/fs-sink";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { claudeSession } from "../support/claude-session.ts";
import { plain, runCli } from "../support/run-cli.ts";

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), "step-log-cli-"));
});
afterEach(() => rmSync(cwd, { recursive: true }));

const write = (name: string, text: string | Uint8Array) => {
  mkdirSync(join(cwd, name, ".."), { recursive: true });
  writeFileSync(join(cwd, name), text);
};
const runsIn = (name: string) =>
  readdirSync(join(cwd, name))
    .filter((it) => !it.startsWith("."))
    .sort();
const read = (name: string) => readFileSync(join(cwd, name), "utf8");

async function report(...args: string[]) {
  const { stdout, stderr, exitCode } = await runCli(["import", ...args, "--json"], { cwd });
  return { ...JSON.parse(stdout), stderr, exitCode };
}

const NONE = { new: 0, grown: 0, replaced: 0, unchanged: 0, kept: 0 };

describe("files", () => {
  test("are told by their content, and each run gets a file that its owner alone can read", async () => {
    write("a.txt", claudeSession("s1", 2));
    write("b.jsonl.gz", gzipSync(claudeSession("s2", 1)));
    write("c.json", JSON.stringify([{ messages: [{ role: "user", content: "hi" }] }]));
    const done = await report("a.txt", "b.jsonl.gz", "c.json", "--out", "out");
    expect(done).toMatchObject({
      exitCode: 0,
      dry_run: false,
      out: "out",
      files: 3,
      runs: { ...NONE, new: 3 },
      formats: { "claude-code": 2, "openai-messages": 1 },
      problem_count: 0,
      problems: [],
    });
    expect(runsIn("out")).toEqual(["c-1.jsonl", "s1.jsonl", "s2.jsonl"]);
    expect(statSync(join(cwd, "out/s1.jsonl")).mode & 0o777).toBe(0o600);
    expect(statSync(join(cwd, "out")).mode & 0o777).toBe(0o700);
    expect(await summarize(fsSource(join(cwd, "out")).read("s1"))).toMatchObject({
      llmCallCount: 2,
      toolCallCount: 2,
      tokens: { input: 1_020 },
    });
  });

  test("what is piped in is named by --name, and read in the format that is given", async () => {
    const line = JSON.stringify({ messages: [{ role: "user", content: "hi" }] });
    const args = ["import", "-", "--out", "out", "--name", "mine", "--format", "openai-messages"];
    const { exitCode } = await runCli(args, { cwd, stdin: line });
    expect(exitCode).toBe(0);
    expect(runsIn("out")).toEqual(["mine-1.jsonl"]);
    const unknown = await runCli(["import", "-", "--format", "claude"], { cwd, stdin: line });
    expect(unknown.exitCode).toBe(2);
    expect(unknown.stderr).toContain("there is no format claude; there are step-log, otlp-json");
  });

  test("one that is damaged gives what it holds; where it is damaged is told, and the code is 1", async () => {
    write("in/good.jsonl", claudeSession("s1", 1));
    write("in/torn.jsonl", `${claudeSession("s2", 2).slice(0, -40)}`);
    const done = await report("in", "--out", "out");
    expect(done).toMatchObject({
      exitCode: 1,
      runs: { ...NONE, new: 2 },
      problem_count: 1,
      problems: [{ location: join("in", "torn.jsonl"), reason: expect.stringContaining("cut") }],
    });
    expect(done.problems[0].offset).toBeGreaterThan(500);
  });

  test("what is no log is a problem where it was named, and left out where it lies among logs", async () => {
    write("in/s.jsonl", claudeSession("s1", 1));
    write("in/notes.md", "# Notes\n\nnothing\n");
    write("in/empty.jsonl", "");
    const folder = await report("in", "--out", "out");
    expect(folder).toMatchObject({ exitCode: 0, left_out: 2, problem_count: 0 });
    expect(folder.stderr).toContain(`no run was found in ${join("in", "empty.jsonl")}`);
    const named = await report("in/notes.md", "in/s.jsonl", "--out", "out");
    expect(named).toMatchObject({
      exitCode: 1,
      problems: [{ location: "in/notes.md", reason: expect.stringContaining("no known format") }],
    });
    const only = await report("in/notes.md", "--out", "out");
    expect(only).toMatchObject({ exitCode: 2, problem_count: 1 });
    expect(only.stderr).toContain("there was nothing to import");
    const missing = await runCli(["import", "in/other"], { cwd });
    expect(missing).toMatchObject({ exitCode: 2, stdout: "" });
    expect(missing.stderr).toContain("there is nothing at in/other");
  });

  test("credentials are replaced, unless they are not to be", async () => {
    const secret = `sk-ant-api03-${"a1B2".repeat(8)}`;
    write("s.jsonl", claudeSession("s1", 1, { secret }));
    await report("s.jsonl", "--out", "safe");
    expect(read("safe/s1.jsonl")).toContain("[REDACTED:");
    expect(read("safe/s1.jsonl")).not.toContain(secret);
    await report("s.jsonl", "--out", "plain", "--no-redact");
    expect(read("plain/s1.jsonl")).toContain(secret);
  });

  test("a log of our own is read as one, whose runs lie in several files", async () => {
    const sink = fsSink(join(cwd, "own", "steps.jsonl"));
    const log = new StepLog({ runId: "run-a", sink });
    for (let i = 0; i < 5; i++) log.recordToolCall({ tool: "t", input: i, output: null });
    await log.close();
    await sink.close();
    const lines = read("own/steps.jsonl").split(/(?<=\n)/);
    write("own/steps.20260122T090000000Z.jsonl", lines.slice(0, 3).join(""));
    write("own/steps.jsonl", lines.slice(3).join(""));
    appendFileSync(join(cwd, "own", "steps.jsonl"), "{oops\n");
    const done = await report("own", "--out", "out");
    expect(done).toMatchObject({
      exitCode: 1,
      runs: { ...NONE, new: 1 },
      formats: { "step-log": 1 },
      problem_count: 1,
    });
    expect(await summarize(fsSource(join(cwd, "out")).read("run-a"))).toMatchObject({
      toolCallCount: 5,
      badLines: 0,
    });
  });
});

describe("doing it again", () => {
  test("leaves alone what is there, and adds what is new", async () => {
    write("in/1.jsonl", claudeSession("s1", 2));
    await report("in", "--out", "out");
    const before = statSync(join(cwd, "out/s1.jsonl"));
    write("in/2.jsonl", claudeSession("s2", 1));
    expect(await report("in", "--out", "out")).toMatchObject({
      exitCode: 0,
      runs: { ...NONE, new: 1, unchanged: 1 },
    });
    const after = statSync(join(cwd, "out/s1.jsonl"));
    expect([after.ino, after.mtimeMs]).toEqual([before.ino, before.mtimeMs]);
    expect(runsIn("out")).toEqual(["s1.jsonl", "s2.jsonl"]);
  });

  test("does not read again what has not changed, nor what was made of it", async () => {
    write("in/1.jsonl", claudeSession("s1", 2));
    write("in/2.jsonl", claudeSession("s2", 2));
    write("in/3.jsonl", `${claudeSession("s3", 2)}{oops\n`);
    const first = await report("in", "--out", "out");
    const again = await report("in", "--out", "out");
    // One with a problem is read again, so that it is told again.
    expect(again).toMatchObject({
      exitCode: 1,
      files: 3,
      files_not_read_again: 2,
      problem_count: 1,
      runs: { ...NONE, unchanged: 3 },
      records: first.records,
      formats: { "claude-code": 3 },
    });
    rmSync(join(cwd, "out/s1.jsonl"));
    write("in/2.jsonl", claudeSession("s2", 3));
    expect(await report("in", "--out", "out")).toMatchObject({
      files_not_read_again: 0,
      runs: { ...NONE, new: 1, grown: 1, unchanged: 1 },
    });
    expect(await report("in", "--out", "out")).toMatchObject({ files_not_read_again: 2 });
    for (const option of ["--no-redact", "--force"]) {
      const other = await report("in", "--out", "out", option);
      expect(other).toMatchObject({ files_not_read_again: 0, runs: { unchanged: 3 } });
    }
    write("out/.step-log-import.json", "[oops");
    expect(await report("in", "--out", "out")).toMatchObject({ files_not_read_again: 0 });
  });

  test("a session that went on is replaced by its longer self, also where its end was open", async () => {
    write("in/1.jsonl", claudeSession("s1", 2));
    write("in/2.jsonl", claudeSession("s2", 2, { unanswered: true }));
    await report("in", "--out", "out");
    write("in/1.jsonl", claudeSession("s1", 4));
    write("in/2.jsonl", claudeSession("s2", 4));
    expect(await report("in", "--out", "out")).toMatchObject({
      exitCode: 0,
      runs: { new: 0, kept: 0 },
    });
    for (const runId of ["s1", "s2"]) {
      const summary = await summarize(fsSource(join(cwd, "out")).read(runId));
      expect(summary).toMatchObject({ llmCallCount: 4, toolCallCount: 4, unfinishedCount: 0 });
    }
  });

  test("what is there and holds more is kept, and said; --force replaces it", async () => {
    write("s.jsonl", claudeSession("s1", 4));
    await report("s.jsonl", "--out", "out");
    const before = read("out/s1.jsonl");
    write("s.jsonl", claudeSession("s1", 2));
    const kept = await report("s.jsonl", "--out", "out");
    expect(kept).toMatchObject({
      exitCode: 0,
      runs: { ...NONE, kept: 1 },
      kept_runs: [{ run_id: "s1", source: "s.jsonl" }],
    });
    expect(kept.stderr).toContain("out holds other records of s1");
    expect(read("out/s1.jsonl")).toBe(before);
    expect(await report("s.jsonl", "--out", "out", "--force")).toMatchObject({
      runs: { ...NONE, replaced: 1 },
    });
    expect(read("out/s1.jsonl").length).toBeLessThan(before.length);
  });

  test("what an agent recorded itself is not replaced by an import of the same id", async () => {
    const sink = fsSink(join(cwd, "out/"));
    const log = new StepLog({ runId: "s1", sink });
    log.recordToolCall({ tool: "t", input: {}, output: {} });
    await log.close();
    await sink.close();
    const before = read("out/s1.jsonl");
    write("s.jsonl", claudeSession("s1", 20));
    expect(await report("s.jsonl", "--out", "out")).toMatchObject({ runs: { ...NONE, kept: 1 } });
    expect(read("out/s1.jsonl")).toBe(before);
  });

  test("a run that two files have is taken once, from the one that holds more, and told", async () => {
    write("in/a-copy.jsonl", claudeSession("s1", 1));
    write("in/b-whole.jsonl", claudeSession("s1", 3));
    write("in/c-copy.jsonl", claudeSession("s1", 2));
    const shared = {
      run_id: "s1",
      taken_from: join("in", "b-whole.jsonl"),
      sources: ["a-copy", "b-whole", "c-copy"].map((it) => join("in", `${it}.jsonl`)),
    };
    const first = await report("in", "--out", "out");
    expect(first).toMatchObject({
      exitCode: 0,
      runs: { ...NONE, new: 1 },
      shared_run_count: 1,
      shared_runs: [shared],
    });
    const again = await report("in", "--out", "out");
    expect(again).toMatchObject({ runs: { ...NONE, unchanged: 1 }, shared_runs: [shared] });
    expect(again.records).toBe(first.records);
    expect(again.stderr).not.toContain("holds other records");
  });

  test("what was imported below what is imported again is not imported itself", async () => {
    write("work/sessions/1.jsonl", claudeSession("s1", 2));
    await report("work", "--out", "work/logs");
    expect(await report("work", "--out", "work/logs")).toMatchObject({
      files: 1,
      runs: { ...NONE, unchanged: 1 },
      shared_run_count: 0,
    });
  });

  test("--dry-run says the same, and writes nothing", async () => {
    write("s.jsonl", claudeSession("s1", 1));
    const dry = await report("s.jsonl", "--out", "out", "--dry-run");
    expect(dry).toMatchObject({ exitCode: 0, dry_run: true, runs: { ...NONE, new: 1 } });
    expect(existsSync(join(cwd, "out"))).toBe(false);
    await report("s.jsonl", "--out", "out");
    expect(await report("s.jsonl", "--out", "out", "-n")).toMatchObject({ runs: { unchanged: 1 } });
  });
});

describe("one file for all runs", () => {
  test("gets what is new, and what a run has more; what differs is left out and said", async () => {
    write("in/1.jsonl", claudeSession("s1", 2));
    write("in/2.jsonl", claudeSession("s2", 2));
    const first = await report("in", "--out", "all.jsonl");
    expect(first).toMatchObject({ exitCode: 0, runs: { ...NONE, new: 2 } });
    expect(read("all.jsonl").split("\n")).toHaveLength(first.records + 1);
    const before = read("all.jsonl");
    expect(await report("in", "--out", "all.jsonl")).toMatchObject({
      runs: { ...NONE, unchanged: 2 },
    });
    expect(read("all.jsonl")).toBe(before);
    write("in/1.jsonl", claudeSession("s1", 3));
    write("in/2.jsonl", claudeSession("s2", 2, { secret: "something else" }));
    const again = await report("in", "--out", "all.jsonl");
    expect(again).toMatchObject({ runs: { ...NONE, grown: 1, kept: 1 } });
    expect(read("all.jsonl").startsWith(before)).toBe(true);
    const source = fsSource(join(cwd, "all.jsonl"));
    expect(await summarize(source.read("s1"))).toMatchObject({ llmCallCount: 3, toolCallCount: 3 });
    expect(await summarize(source.readAll())).toMatchObject({
      runs: 2,
      llmCallCount: 5,
      badLines: 0,
    });
    const forced = await runCli(["import", "in", "--out", "all.jsonl", "--force"], { cwd });
    expect(forced).toMatchObject({ exitCode: 2, stdout: "" });
    expect(forced.stderr).toContain("can only be added to");
  });
});

describe("without a file", () => {
  const env = () => ({ HOME: join(cwd, "home") });
  beforeEach(() => {
    write("home/.claude/projects/-src/s1.jsonl", claudeSession("s1", 2));
    write("home/.claude/projects/-src/memory/notes.md", "# nothing");
    const meta = { type: "session_meta", payload: { id: "c1", timestamp: "2026-01-22T09:00:00Z" } };
    const line = `${JSON.stringify({ timestamp: "2026-01-22T09:00:00Z", ...meta })}\n`;
    write("home/.codex/sessions/2026/01/22/rollout-c1.jsonl", line);
  });

  test("it finds the logs of this machine, says how many and how large, and imports them on a yes", async () => {
    const { stdout, stderr, exitCode } = await runCli(["import"], {
      cwd,
      env: env(),
      typed: "y\n",
    });
    expect(stderr).toMatch(
      /^step-log: found on this machine:\n {2}Claude Code {2}1 run, 1\.\d kB, in ~\/\.claude\/projects\n {2}Codex {8}1 run, \d+ B, in ~\/\.codex\/sessions\n/,
    );
    expect(stderr).toContain("Import them to logs? [y/N]");
    expect(exitCode).toBe(0);
    expect(stdout).toContain("runs        2 new\n");
    expect(stdout).toMatch(/^calls of models +2, 0 % failed; P50 .+, P95 .+, P99 /m);
    expect(stdout).toMatch(/^cost +\$\d/m);
    expect(runsIn("logs")).toEqual(["c1.jsonl", "s1.jsonl"]);
  });

  test.each(["n\n", "\n", ""])(
    "anything else than a yes, as %j, imports nothing",
    async (typed) => {
      const { stdout, stderr, exitCode } = await runCli(["import"], { cwd, env: env(), typed });
      expect({ stdout, exitCode }).toEqual({ stdout: "", exitCode: 0 });
      expect(stderr).toContain("nothing was imported");
      expect(existsSync(join(cwd, "logs"))).toBe(false);
    },
  );

  test("where nobody can be asked, --yes is wanted; STEP_LOG_DIR says where to", async () => {
    const asked = await runCli(["import"], { cwd, env: env(), stdin: "y\n" });
    expect(asked).toMatchObject({ exitCode: 2, stdout: "" });
    expect(asked.stderr).toContain("pass --yes to import them");
    const told = await runCli(["import", "--yes"], {
      cwd,
      env: { ...env(), STEP_LOG_DIR: join(cwd, "mine") },
      stdin: "",
    });
    expect(told.exitCode).toBe(0);
    expect(runsIn("mine")).toEqual(["c1.jsonl", "s1.jsonl"]);
  });

  test("the folders that the tools are told by the environment are looked at instead", async () => {
    write("elsewhere/projects/p/s9.jsonl", claudeSession("s9", 1));
    const { stderr } = await runCli(["import", "-n"], {
      cwd,
      env: { HOME: join(cwd, "nobody"), CLAUDE_CONFIG_DIR: join(cwd, "elsewhere") },
    });
    expect(stderr).toContain(`1 run, 659 B, in ${join(cwd, "elsewhere", "projects")}`);
    const none = await runCli(["import"], { cwd, env: { HOME: join(cwd, "nobody") } });
    expect(none.exitCode).toBe(2);
    expect(none.stderr).toContain("there are no logs of Claude Code, Codex or pi on this machine");
  });
});

test("a table says what was done, with what is in the log made visible", async () => {
  write("in/\u{1b}[31mred.jsonl", `${claudeSession("s1", 1)}{oops\n`);
  const { stdout, exitCode } = await runCli(["import", "in", "--out", "out"], { cwd, columns: 80 });
  expect(exitCode).toBe(1);
  expect(plain(stdout)).toMatch(/^runs {8}1 new$/m);
  expect(plain(stdout)).toMatch(/^written to {2}out$/m);
  expect(plain(stdout)).toMatch(/^claude-code {6}1$/m);
  expect(stdout).not.toContain("\u{1b}[31mred");
});

test("what cannot be written is said once, with what to do, and leaves nothing behind", async () => {
  write("s.jsonl", claudeSession("s1", 1));
  write("taken", "a file");
  const { stderr, exitCode } = await runCli(["import", "s.jsonl", "--out", "taken/logs"], { cwd });
  expect(exitCode).toBe(2);
  expect(stderr).toContain("cannot write to taken/logs (ENOTDIR); check its permissions");
});

test("Ctrl-C leaves whole runs, and nothing half", async () => {
  write("in/1.jsonl", claudeSession("s1", 1));
  const stop = new AbortController();
  stop.abort(new Error("interrupted"));
  const { exitCode } = await runCli(["import", "in", "--out", "out"], { cwd, signal: stop.signal });
  expect(exitCode).toBe(130);
  expect(readdirSync(join(cwd, "out"))).toEqual([]);
});
