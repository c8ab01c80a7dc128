// Records, waits until the lock is held, and tells which listeners the process has.
import { existsSync } from "node:fs";
import { constants } from "node:os";
import { StepLog } from "@step-log/core";
import { fsSink } from "../../src/index.ts";

const { path } = JSON.parse(process.argv[2] ?? "{}") as { path: string };
const log = new StepLog({ sink: fsSink(path) });
while (!existsSync(`${path}.lock`)) {
  log.recordEvent("again");
  await new Promise((resolve) => setTimeout(resolve, 1));
}
const signals = Object.keys(constants.signals).filter((name) => process.listenerCount(name) > 0);
const uncaught =
  process.listenerCount("uncaughtException") + process.listenerCount("unhandledRejection");
console.log(JSON.stringify({ signals, uncaught }));
