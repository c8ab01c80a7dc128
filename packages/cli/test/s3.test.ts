import { StepLog } from "@step-log/core";
import type { LightS3 } from "@step-log/s3-servers";
import { s3Sink } from "@step-log/s3-sink";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runCli } from "./support/run-cli.ts";
import { s3InEnvironment } from "./support/s3-environment.ts";

let server: LightS3;

beforeAll(async () => {
  server = await s3InEnvironment();
  const sink = s3Sink("s3://logs/agents/");
  for (const runId of ["run-a", "run-b"]) {
    const log = new StepLog({ runId, sink });
    log.recordToolCall({ tool: "search", input: {}, output: [], durationMs: 12 });
    await log.close();
  }
  await sink.close();
});
afterAll(() => server.close());

test("a bucket is read like a folder", async () => {
  const location = "s3://logs/agents/";
  const { stdout, stderr, exitCode } = await runCli(["summarize", location, "--json"]);
  expect({ stderr, exitCode }).toEqual({ stderr: "", exitCode: 0 });
  expect(JSON.parse(stdout)).toMatchObject({ runs: 2, tool_call_count: 2 });
  const one = await runCli(["summarize", location, "--run", "run-b", "--json"]);
  expect(JSON.parse(one.stdout)).toMatchObject({ run_id: "run-b", tool_call_count: 1 });
});

test("a bucket that is not there is an error that says so", async () => {
  const { stderr, exitCode } = await runCli(["summarize", "s3://not-there/agents/"]);
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(/^step-log: s3: .*NoSuchBucket/);
});
