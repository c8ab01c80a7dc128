import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { StepLog } from "@step-log/core";
import { fsSink } from "@step-log/fs-sink";
import { afterEach, beforeEach, expect, test } from "vitest";
import { sizeOf } from "../../src/prune/size-of.ts";
import { runCli } from "../support/run-cli.ts";

const DAY_S = 86_400;
const now = Math.floor(Date.now() / 1000);

let cwd: string;
let logs: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), "step-log-cli-"));
  logs = join(cwd, "logs");
  mkdirSync(logs);
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

function content(runId: string, ts: number, status: string | null = "ok"): string {
  const records = [
    { run_id: runId, step: 1, type: "event", ts, name: "x".repeat(1000), data: null },
    { run_id: runId, step: 2, type: "run_end", ts, status, error: null },
  ];
  const kept = status === null ? records.slice(0, 1) : records;
  return kept.map((record) => `${JSON.stringify(record)}\n`).join("");
}
/** Writes a file that was changed so many days ago. */
function put(name: string, days: number, text: string | Uint8Array): void {
  writeFileSync(join(logs, name), text);
  utimesSync(join(logs, name), now - days * DAY_S, now - days * DAY_S);
}
function run(runId: string, days: number, status: string | null = "ok"): void {
  put(`${runId}.jsonl`, days, content(runId, now - days * DAY_S, status));
}
const prune = (...args: string[]) => runCli(["prune", ...args], { cwd });
const left = () => readdirSync(logs).sort();

test("old runs go, whole, and it says what; young ones stay", async () => {
  for (const days of [40, 31, 29]) run(`run-${days}`, days);
  const { stdout, exitCode } = await prune("logs", "--older-than", "30d", "--yes");
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^Deleted: 2 files of 2 runs, 2\.\d kB of \d\.\d kB\.\n$/);
  expect(left()).toEqual(["run-29.jsonl"]);
});

test("--dry-run shows, and so does a call without a terminal, which ends with 2", async () => {
  run("run-a", 40);
  const dry = await prune("logs", "--older-than", "30d", "--dry-run", "--json");
  expect(dry.exitCode).toBe(0);
  expect(JSON.parse(dry.stdout)).toMatchObject({
    is_dry_run: true,
    runs: 1,
    deleted: [{ run_id: "run-a", status: "ok", files: [join("logs", "run-a.jsonl")] }],
  });
  const piped = await runCli(["prune", "logs", "--older-than", "30d"], { cwd, stdin: "" });
  expect(piped).toMatchObject({ exitCode: 2, stdout: "" });
  expect(piped.stderr).toContain("this is what would go; pass --yes to delete it");
  expect(left()).toEqual(["run-a.jsonl"]);
});

test("--keep, --max-size and --status choose; what one of the limits wants gone goes", async () => {
  for (const days of [5, 4, 3, 2]) run(`run-${days}`, days, days === 4 ? "error" : "ok");
  const gone = async (...args: string[]) =>
    JSON.parse((await prune("logs", "--dry-run", "--json", ...args)).stdout).deleted.map(
      (it: { run_id: string }) => it.run_id,
    );
  expect(await gone("--keep", "2")).toEqual(["run-5", "run-4"]);
  expect(await gone("--keep", "2", "--status", "ok")).toEqual(["run-5"]);
  expect(await gone("--status", "error", "--older-than", "1d")).toEqual(["run-4"]);
  expect(await gone("--max-size", "2.5kB")).toEqual(["run-5", "run-4"]);
  expect(await gone("--max-size", "1GB")).toEqual([]);
  expect(await gone("--older-than", "4.5d", "--keep", "1")).toEqual(["run-5", "run-4", "run-3"]);
});

test("an imported run is as old as its last step, not as its file", async () => {
  put("run-a.jsonl", 0.5, content("run-a", now - 40 * DAY_S));
  await prune("logs", "--older-than", "30d", "--yes");
  expect(left()).toEqual([]);
});

test("what is written to stays: changed lately, locked, or without an end and of today", async () => {
  put("run-new.jsonl", 0.001, content("run-new", now - 40 * DAY_S));
  put("run-open.jsonl", 0.5, content("run-open", now - 40 * DAY_S, null));
  run("run-locked", 40);
  mkdirSync(join(logs, "run-locked.jsonl.lock"));
  run("run-old-open", 40, null);
  const { stdout } = await prune("logs", "--older-than", "30d", "--yes", "--json");
  expect(
    JSON.parse(stdout)
      .left_alone.map((it: { reason: string }) => it.reason)
      .sort(),
  ).toEqual([
    "a writer has its lock",
    "its run has not ended, and was written to within the last day",
    "was written to within the last 10 minutes",
  ]);
  expect(left()).not.toContain("run-old-open.jsonl");
  expect(left()).toHaveLength(4);
});

test("a live writer's file stays", async () => {
  const log = new StepLog({ runId: "run-live", sink: fsSink(`${logs}/`) });
  log.recordEvent("x");
  await log.flush();
  await prune("logs", "--keep", "1", "--older-than", "1s", "--yes");
  expect(existsSync(join(logs, "run-live.jsonl"))).toBe(true);
  await log.close();
});

test("what is no log of ours stays, whatever its name: links, other tools' files, other names", async () => {
  run("run-a", 40);
  put("session.jsonl", 40, '{"type":"user","message":"hi"}\n');
  put("other-name.jsonl", 40, content("run-b", now - 40 * DAY_S));
  put("notes.txt", 40, "hi");
  put("empty.jsonl", 40, "");
  writeFileSync(join(cwd, "target.jsonl"), content("run-c", now - 40 * DAY_S));
  symlinkSync(join(cwd, "target.jsonl"), join(logs, "run-c.jsonl"));
  mkdirSync(join(logs, "run-d.jsonl"));
  const { exitCode } = await prune("logs", "--older-than", "30d", "--yes");
  expect(exitCode).toBe(0);
  expect(left()).toEqual([
    "empty.jsonl",
    "notes.txt",
    "other-name.jsonl",
    "run-c.jsonl",
    "run-d.jsonl",
    "session.jsonl",
  ]);
  expect(existsSync(join(cwd, "target.jsonl"))).toBe(true);
});

test("of a shared file what was put aside goes, never the one in use", async () => {
  const old = content("run-a", now - 40 * DAY_S);
  put("steps.20261001T000000000Z.jsonl.gz", 41, gzipSync(old));
  put("steps.20261002T000000000Z.jsonl", 40, old);
  put("steps.20261003T000000000Z.jsonl", 10, old);
  put("steps.jsonl", 39, old);
  const { stdout } = await prune("logs/steps.jsonl", "--older-than", "30d", "--yes");
  expect(stdout).toContain("Deleted: 2 files of 0 runs");
  expect(left()).toEqual(["steps.20261003T000000000Z.jsonl", "steps.jsonl"]);
});

test("without a limit, of another tool's logs, or of what is no size, it says what to do", async () => {
  run("run-a", 40);
  expect((await prune("logs")).stderr).toContain("say what goes: --older-than 30d");
  writeFileSync(join(cwd, "x.jsonl"), '{"type":"user"}\n');
  expect((await prune("x.jsonl", "--keep", "1")).stderr).toContain("nothing else is ever deleted");
  expect((await prune("logs", "--max-size", "big")).stderr).toContain(
    "big is no size: write 500MB",
  );
  expect([sizeOf("1.5 GB", ""), sizeOf("2MiB", ""), sizeOf("7", "")]).toEqual([1.5e9, 2097152, 7]);
});
