// Has a log's lock taken, and looks what that changed in the process.
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { StepLog } from "@step-log/core";
import { fsSink } from "../../src/index.ts";

const { path } = JSON.parse(process.argv[2] ?? "{}") as { path: string };
const require = createRequire(import.meta.url);
const fs: Record<PropertyKey, unknown> = require("node:fs");

/** What graceful-fs, signal-exit and proper-lockfile itself would change. */
const state = () => [
  process.cwd,
  process.chdir,
  process.emit,
  ...Reflect.ownKeys(fs).filter((key) => typeof key === "symbol"),
  ...[fs["close"], fs["closeSync"]],
  ...["SIGTERM", "SIGINT", "SIGXFSZ"].map((signal) => process.listenerCount(signal)),
  ...Object.keys(require.cache),
];

const before = state();
const log = new StepLog({ runId: "run", sink: fsSink(path) });
while (!existsSync(`${path}.lock`)) {
  log.recordEvent("again");
  await new Promise((resolve) => setTimeout(resolve, 1));
}
console.log("locked");
await log.close();
const after = state();
const isSame = after.length === before.length && after.every((it, i) => it === before[i]);
console.log(isSame ? "same" : "changed");
