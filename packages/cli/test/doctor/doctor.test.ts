import { chmodSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { StepLog } from "@step-log/core";
import { fsSink } from "@step-log/fs-sink";
import { afterEach, beforeEach, expect, test } from "vitest";
import { checkNode } from "../../src/doctor/check-machine.ts";
import { plain, runCli } from "../support/run-cli.ts";

let cwd: string;
beforeEach(async () => {
  cwd = mkdtempSync(join(tmpdir(), "step-log-cli-"));
  const log = new StepLog({ runId: "run-a", sink: fsSink(`${cwd}/logs/`) });
  log.recordEvent("x");
  await log.close();
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

const doctor = (...args: string[]) => runCli(["doctor", ...args], { cwd });
async function checks(
  ...args: string[]
): Promise<Record<string, { state: string; found: string }>> {
  const { stdout } = await doctor(...args, "--json");
  const all: { what: string; state: string; found: string }[] = JSON.parse(stdout).checks;
  return Object.fromEntries(all.map((check) => [check.what, check]));
}

test("all is well with a log that was just written", async () => {
  const { exitCode } = await doctor();
  expect(exitCode).toBe(0);
  expect(await checks()).toMatchObject({
    Node: { state: "ok" },
    log: { state: "ok", found: "logs can be read and written" },
    locks: { state: "ok" },
    records: { state: "ok", found: "1 file; of the last 3 lines, 0 could not be read" },
    clock: { state: "ok" },
  });
});

test("what is wrong comes with what to do", async () => {
  writeFileSync(join(cwd, "logs/run-a.jsonl"), "{oops\n", { flag: "a" });
  const lock = join(cwd, "logs/run-a.jsonl.lock");
  mkdirSync(lock);
  utimesSync(lock, 1, 1);
  const future = { run_id: "b", step: 1, type: "event", ts: Date.now() / 1000 + 7200, name: "" };
  writeFileSync(join(cwd, "logs/b.jsonl"), `${JSON.stringify(future)}\n`);
  expect(await checks("logs")).toMatchObject({
    locks: { state: "warn", found: expect.stringContaining("run-a.jsonl.lock, left behind") },
    records: { state: "warn" },
    clock: { state: "warn", found: "the last record is of 2 h 00 m from now" },
  });
  const { stdout } = await runCli(["doctor", "logs"], { cwd, columns: 80 });
  expect(plain(stdout)).toContain("    → step-log verify shows where, step-log repair mends it\n");
});

test("a log that is not there fails, and none at all is a hint", async () => {
  const missing = await doctor("nowhere");
  expect(missing.exitCode).toBe(1);
  expect(missing.stdout).toContain("there is nothing at nowhere");
  const empty = mkdtempSync(join(tmpdir(), "step-log-cli-"));
  const none = await runCli(["doctor"], { cwd: empty });
  rmSync(empty, { recursive: true });
  expect(none.exitCode).toBe(0);
  expect(none.stdout).toContain("step-log demo");
});

test.skipIf(process.getuid?.() === 0)("a log that may not be written to is told", async () => {
  chmodSync(join(cwd, "logs"), 0o500);
  expect(await checks("logs")).toMatchObject({ log: { state: "warn" } });
  chmodSync(join(cwd, "logs"), 0o700);
});

test("packages of the folder are found with their versions, without running them", async () => {
  const folder = join(cwd, "node_modules/@step-log/core");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "x", version: "7.1.2" }));
  const { "packages here": packages } = await checks("logs");
  expect(packages).toMatchObject({
    state: "warn",
    found: expect.stringContaining("core 7.1.2"),
    advice: expect.stringContaining("@7.1 to read"),
  });
});

test("the environment is shown, but not what is not ours to show", async () => {
  const env = { STEP_LOG_DIR: "logs", STEP_LOG_TOKEN: "hush" };
  const { stdout } = await runCli(["doctor", "--json"], { cwd, env });
  expect(stdout).toContain("STEP_LOG_DIR=logs, STEP_LOG_TOKEN");
  expect(stdout).not.toContain("hush");
});

test("versions of Node that cannot run it are told", () => {
  const states = ["18.20.0", "20.18.3", "20.19.0", "21.7.0", "22.11.0", "22.12.0", "26.0.0"];
  expect(states.map((version) => checkNode(version).state)).toEqual([
    ...["fail", "fail", "ok", "fail", "fail", "ok", "ok"],
  ]);
});
