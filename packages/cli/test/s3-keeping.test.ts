import { DeleteObjectCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { StepLog } from "@step-log/core";
import type { LightS3 } from "@step-log/s3-servers";
import { s3Sink } from "@step-log/s3-sink";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runCli } from "./support/run-cli.ts";
import { s3InEnvironment } from "./support/s3-environment.ts";

const LOCATION = "s3://logs/agents/";
let server: LightS3;

beforeAll(async () => {
  server = await s3InEnvironment();
  const sink = s3Sink(LOCATION);
  for (const runId of ["run-a", "run-b"]) {
    const log = new StepLog({ runId, sink });
    log.recordToolCall({ tool: "search", error: new Error("order 4711 is away") });
    await log.close();
  }
  await sink.close();
});
afterAll(() => server.close());

test("verify looks at every run of a bucket", async () => {
  const { stdout, exitCode } = await runCli(["verify", LOCATION, "--json"]);
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ runs: 2, bad_line_count: 0, is_sound: true });
});

test("a part that is not there is told, with the run that lacks it", async () => {
  const sink = s3Sink("s3://logs/torn/", { partBytes: 1024 });
  const log = new StepLog({ runId: "run-torn", sink });
  for (let step = 1; step <= 40; step++) {
    log.recordEvent("note", "x".repeat(500));
    if (step % 4 === 0) await log.flush();
  }
  await log.close();
  await sink.close();
  const client = new S3Client({ forcePathStyle: true });
  const bucket = { Bucket: "logs" };
  const { Contents = [] } = await client.send(
    new ListObjectsV2Command({ ...bucket, Prefix: "torn/dt=" }),
  );
  expect(Contents.length).toBeGreaterThan(4);
  await client.send(new DeleteObjectCommand({ ...bucket, Key: Contents[2]?.Key ?? "" }));
  const { stdout, exitCode } = await runCli(["verify", "s3://logs/torn/"]);
  expect(exitCode).toBe(1);
  expect(stdout).toMatch(/steps? missing, parts missing\./);
  expect(stdout).toMatch(/^run-torn /m);
});

test("errors, search and tail read a bucket as they read a folder", async () => {
  const errors = await runCli(["errors", LOCATION, "--json"]);
  expect(JSON.parse(errors.stdout).errors).toMatchObject([
    { count: 2, runs: 2, message: "order # is away" },
  ]);
  expect(await runCli(["search", "4711", LOCATION, "-c"])).toMatchObject({ stdout: "2\n" });
  const tail = await runCli(["tail", LOCATION, "--errors", "--jsonl"]);
  expect(tail.stdout.trim().split("\n")).toHaveLength(2);
});

test("prune deletes whole days of a bucket, by age alone", async () => {
  const none = await runCli(["prune", LOCATION, "--older-than", "30d", "--yes", "--json"]);
  expect(JSON.parse(none.stdout)).toMatchObject({ objects: 0 });
  const keep = await runCli(["prune", LOCATION, "--keep", "1", "--yes"]);
  expect(keep.stderr).toContain("with --older-than alone");
});

test("doctor tries whether a bucket can be listed", async () => {
  const good = await runCli(["doctor", LOCATION]);
  expect(good).toMatchObject({ exitCode: 0 });
  expect(good.stdout).toContain("can be listed: 1 day with runs");
  expect(await runCli(["doctor", "s3://not-there/x/"])).toMatchObject({ exitCode: 1 });
});

test("repair, and following, are for files", async () => {
  expect((await runCli(["repair", LOCATION, "--yes"])).exitCode).toBe(2);
  expect((await runCli(["tail", "-f", LOCATION])).stderr).toContain("cannot be followed");
});
