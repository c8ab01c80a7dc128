import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseRecord } from "@step-log/core";
import { verify } from "@step-log/fs-sink";
import { afterEach, beforeEach, expect, test } from "vitest";
import { demoRuns } from "../src/demo/demo-runs.ts";
import { runCli } from "./support/run-cli.ts";

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), "step-log-cli-"));
});
afterEach(() => rmSync(cwd, { recursive: true }));

test("the demo's records are ones that the format allows, and the same each time", () => {
  const records = [...demoRuns(1_763_900_000)].flat();
  for (const record of records) expect(parseRecord(JSON.stringify(record))).toEqual(record);
  expect([...demoRuns(1_763_900_000)].flat()).toEqual(records);
});

test("the demo has something to find: failures, a limit of tokens, a run that was killed", async () => {
  expect(await runCli(["demo"], { cwd })).toMatchObject({ exitCode: 0, stderr: "" });
  const { stdout } = await runCli(["summarize", "step-log-demo", "--json"], { cwd });
  const summary = JSON.parse(stdout);
  expect(summary).toMatchObject({
    runs: 48,
    unfinished_count: 1,
    token_limit_count: 1,
    bad_lines: 0,
  });
  expect(summary.error_count).toBeGreaterThan(5);
  expect(await verify(`${cwd}/step-log-demo/`)).toMatchObject({ badLineCount: 0 });
});

test("a folder that is there is left alone", async () => {
  await runCli(["demo"], { cwd });
  const again = await runCli(["demo"], { cwd });
  expect(again).toMatchObject({ exitCode: 2, stdout: "" });
  expect(again.stderr).toContain("step-log-demo is there already");
});
