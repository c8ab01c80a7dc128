// Records until it has the lock, blocks its event loop for longer than a lock stays valid, and goes
// on: with a record at once, or after having been idle. Tells what went wrong.
import { existsSync } from "node:fs";
import { StepLog } from "@step-log/core";
import { fsSink } from "../../src/index.ts";

const { path, runId, blockMs, idleMs } = JSON.parse(process.argv[2] ?? "{}") as {
  path: string;
  runId: string;
  blockMs: number;
  idleMs: number;
};
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const errors: string[] = [];
const sink = fsSink(path, { onError: ({ code }) => void errors.push(code) });
const log = new StepLog({ runId, sink, run: false });
let last = 0;
while (!existsSync(`${path}.lock`)) {
  last = log.recordEvent("before");
  await sleep(1);
}
await sleep(100); // for it to know that it is alone
last = log.recordEvent("before");
console.log("locked");

Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, blockMs);
if (idleMs > 0) await sleep(idleMs);
for (let i = 0; i < 20; i++) {
  last = log.recordEvent("after");
  await sleep(5);
}
// Until the lock's own timer, of 2.5 s, has looked too.
await sleep(3_000);
await sink.close();
console.log(JSON.stringify({ errors, last, locked: existsSync(`${path}.lock`) }));
