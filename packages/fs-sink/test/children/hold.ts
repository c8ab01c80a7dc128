// Records every few milliseconds, so that it has the lock or asks for it, until a file is there; is
// idle then for a while, and tells what went wrong and which step was the last.
import { existsSync } from "node:fs";
import { StepLog } from "@step-log/core";
import { type Durability, fsSink } from "../../src/index.ts";

const {
  path,
  runId,
  durability,
  until,
  idleMs = 0,
} = JSON.parse(process.argv[2] ?? "{}") as {
  path: string;
  runId: string;
  durability: Durability;
  until: string;
  idleMs?: number;
};
const errors: string[] = [];
const sink = fsSink(path, { durability, onError: ({ code }) => void errors.push(code) });
const log = new StepLog({ runId, sink, run: false });

let last = 0;
let told = "";
while (!existsSync(until)) {
  last = log.recordEvent("again");
  const now = existsSync(`${path}.lock`) ? "locked" : "recording";
  if (now !== told) console.log(now);
  told = now;
  await new Promise((resolve) => setTimeout(resolve, 5));
}
await new Promise((resolve) => setTimeout(resolve, idleMs));
await sink.close();
console.log(JSON.stringify({ errors, last }));
