// Has a lock in a folder that is replaced by a file, and a record waiting for another log; exits.
import { existsSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { StepLog } from "@step-log/core";
import { fsSink } from "../../src/index.ts";

const { path, other } = JSON.parse(process.argv[2] ?? "{}") as { path: string; other: string };
const onError = () => {};
const log = new StepLog({ runId: "run", run: false, sink: fsSink(path, { onError }) });
while (!existsSync(`${path}.lock`)) {
  log.recordEvent("again");
  await new Promise((resolve) => setTimeout(resolve, 1));
}
for (let i = 0; i < 20; i++) {
  log.recordEvent("again");
  await new Promise((resolve) => setTimeout(resolve, 5));
}
const waiting = fsSink(other, { onError, durability: "buffered" });
new StepLog({ runId: "run", run: false, sink: waiting }).recordEvent("waiting");
renameSync(dirname(path), `${dirname(path)}.away`);
writeFileSync(dirname(path), "");
process.exit(3);
