// Records as fast as it can, tells on stdout what was acknowledged, and goes on until it is killed
// or has written `count` records.
import { createHash } from "node:crypto";
import { writeSync } from "node:fs";
import { StepLog } from "@step-log/core";
import { type Durability, fsSink, type RotateOptions } from "../../src/index.ts";

const { path, runId, durability, count, maxBytes, seed, rotate } = JSON.parse(
  process.argv[2] ?? "{}",
) as {
  path: string;
  runId: string;
  durability: Durability;
  count: number;
  maxBytes: number;
  seed: number;
  rotate?: RotateOptions;
};

const sink = fsSink(path, { durability, onError: report, ...(rotate && { rotate }) });
const log = new StepLog({ runId, sink, onError: report });
let state = seed;

function random(): number {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32;
}

function report(error: Error): void {
  writeSync(2, `${String(error)}\n`);
}

for (let i = 0; i < count; i++) {
  // Mostly small, some up to maxBytes.
  const size = Math.floor(100 + (maxBytes - 100) * random() ** 8);
  const text = String.fromCharCode(97 + Math.floor(random() * 26)).repeat(size);
  const sum = createHash("sha1").update(text).digest("hex");
  const step = log.recordEvent("load", { text, sum });
  // While the disk stalls, records wait, and nobody says that they are safe.
  if (durability === "os") {
    if (log.stats().sink?.pending === 0) writeSync(1, `${step}\n`);
  } else if (i % 20 === 19) {
    await log.flush();
    writeSync(1, `${step}\n`);
  }
  if (i % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
}
await log.flush();
writeSync(1, "done\n");
await log.close();
