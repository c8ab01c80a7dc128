// @ts-check
// Records while its file fails, five records a millisecond or so, and goes on when the file is well.
import { openSync, writeSync as write } from "node:fs";
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { openVariant } from "../variants.js";

const { variant, path, runId, sick, well, control, end } = JSON.parse(process.argv[2] ?? "{}");
const recording = await openVariant(variant, path, runId);
const told = { thrown: 0, slowestMs: 0 };

/** @param {number} i */
function record(i) {
  const before = performance.now();
  try {
    recording.record(i);
    write(1, `${runId} ${i + 1}\n`); // it returned: from here on somebody relies on it
  } catch {
    told.thrown++;
  }
  told.slowestMs = Math.max(told.slowestMs, performance.now() - before);
}

for (let i = 0; i < sick + well; i++) {
  if (i === sick) {
    await sleep(300);
    if (control !== undefined) write(openSync(control, "r+"), Buffer.alloc(8), 0, 8, 0);
    await sleep(300);
  }
  record(i);
  if (i % 5 === 4) await sleep(1);
}
write(1, `${JSON.stringify(told)}\n`);
if (end === "exit") process.exit();
await recording.close();
