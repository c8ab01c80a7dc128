import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LightS3 } from "@step-log/s3-servers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { claudeSession } from "../support/claude-session.ts";
import { runCli } from "../support/run-cli.ts";
import { s3InEnvironment } from "../support/s3-environment.ts";

let server: LightS3;
let cwd: string;

beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), "step-log-cli-"));
  server = await s3InEnvironment();
});
afterAll(async () => {
  await server.close();
  rmSync(cwd, { recursive: true });
});

async function imported(...args: string[]) {
  const { stdout, stderr, exitCode } = await runCli(["import", ...args, "--json"], { cwd });
  expect(exitCode, stderr).toBe(0);
  return JSON.parse(stdout);
}

test("runs go into a bucket once, what they have more is added, and come out again", async () => {
  const bucket = "s3://logs/imported/";
  writeFileSync(join(cwd, "1.jsonl"), claudeSession("s1", 2));
  writeFileSync(join(cwd, "2.jsonl"), claudeSession("s2", 1));
  expect((await imported("*.jsonl", "--out", bucket)).runs).toMatchObject({ new: 2 });
  expect((await imported("*.jsonl", "--out", bucket)).runs).toMatchObject({ new: 0, unchanged: 2 });
  writeFileSync(join(cwd, "1.jsonl"), claudeSession("s1", 3));
  expect((await imported("*.jsonl", "--out", bucket)).runs).toMatchObject({
    grown: 1,
    unchanged: 1,
  });
  const back = await imported(bucket, "--out", "back");
  expect(back).toMatchObject({ runs: { new: 2 }, formats: { "step-log": 1 } });
  expect(readdirSync(join(cwd, "back")).sort()).toEqual(["s1.jsonl", "s2.jsonl"]);
  const { stdout } = await runCli(["summarize", "back", "--json"], { cwd });
  expect(JSON.parse(stdout)).toMatchObject({ runs: 2, llm_call_count: 4, tool_call_count: 4 });
});
