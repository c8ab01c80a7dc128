import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { runCli } from "../support/run-cli.ts";

const GOOD = `${JSON.stringify({ run_id: "a", step: 1, type: "event", ts: 1, name: "x", data: null })}\n`;
const BAD = `{oops\n${GOOD}{"run_id":"a","st`;

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), "step-log-cli-"));
  mkdirSync(join(cwd, "logs"));
  writeFileSync(join(cwd, "logs/a.jsonl"), GOOD + BAD);
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

const repair = (...args: string[]) => runCli(["repair", ...args], { cwd });
const content = () => readFileSync(join(cwd, "logs/a.jsonl"), "utf8");

test("--dry-run says what would be done, and changes nothing", async () => {
  const { stdout, exitCode } = await repair("logs", "--dry-run", "--json");
  expect(exitCode).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({ is_dry_run: true, closed: 1, blanked: 2, left: 0 });
  expect(content()).toBe(GOOD + BAD);
  expect(readdirSync(join(cwd, "logs"))).toEqual(["a.jsonl"]);
});

test("--yes does it, keeps what was there, and the log is sound then", async () => {
  const { stdout, exitCode } = await repair("logs", "--yes");
  expect(exitCode).toBe(0);
  expect(stdout).toContain("1 last line ended; 2 bad lines made blank, with a copy in <file>.torn");
  expect(readFileSync(join(cwd, "logs/a.jsonl.torn"), "utf8")).toContain("{oops");
  expect(content().length).toBe((GOOD + BAD).length + 1);
  expect(await runCli(["verify", "logs"], { cwd })).toMatchObject({ exitCode: 1 });
  const again = await repair("logs");
  expect(again).toMatchObject({ exitCode: 0 });
  expect(again.stdout).toContain("nothing to repair");
});

test("without a yes nothing is done", async () => {
  const nobody = await runCli(["repair", "logs"], { cwd, stdin: "" });
  expect(nobody.exitCode).toBe(2);
  expect(nobody.stderr).toContain("pass --yes to repair, or --dry-run");
  expect(nobody.stderr).toContain("blanked");
  expect(content()).toBe(GOOD + BAD);
});

test("what is no file of ours is left alone", async () => {
  writeFileSync(join(cwd, "foreign.jsonl"), '{"type":"user"}\n');
  expect((await repair("foreign.jsonl", "--yes")).stderr).toContain("log of another tool");
  expect((await repair("s3://bucket/x/", "--yes")).stderr).toContain("only files can");
});
