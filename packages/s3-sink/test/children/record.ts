// Records steps of a run and tells on stdout each that the sink has taken, until it is killed or has
// recorded `count`; ends then as it is told.
import { writeSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { StepLog } from "@step-log/core";
import { type S3SinkOptions, s3Sink } from "../../src/index.ts";

const { endpoint, runId, count, ending, pauseEvery, options, quiet } = JSON.parse(
  process.argv[2] ?? "{}",
) as {
  endpoint: string;
  runId: string;
  count: number;
  /** `close`, `nothing`, `process.exit`, `wait`. */
  ending: string;
  pauseEvery: number;
  options: S3SinkOptions;
  quiet?: boolean;
};

const sink = s3Sink("s3://logs/", {
  endpoint,
  region: "us-east-1",
  credentials: { accessKeyId: "testkey", secretAccessKey: "testsecret1234567890" },
  onError: ({ code, lost, message }) =>
    writeSync(2, `${JSON.stringify({ code, lost, message })}\n`),
  ...options,
});
const log = new StepLog({ runId, sink, run: false });
for (let i = 1; i <= count; i++) {
  const step = log.recordEvent("load", "x".repeat(500));
  if (quiet !== true) writeSync(1, `${step}\n`);
  if (i % pauseEvery === 0) await sleep(1);
}
writeSync(1, "recorded\n");
switch (ending) {
  case "close":
    await sink.close().catch(({ code, lost, pending }) => {
      writeSync(1, `${JSON.stringify({ code, lost, pending })}\n`);
    });
    writeSync(1, "closed\n");
    break;
  case "process.exit":
    process.exit(3);
    break;
  case "wait":
    await sleep(600_000);
    break;
}
