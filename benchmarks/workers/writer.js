// @ts-check
// One of several processes that write to one file: says when it is ready, floods when it is told to.
import { once } from "node:events";
import { writeSync } from "node:fs";
import { openVariant } from "../variants.js";
import { runFlood } from "./run-flood.js";
import { report, task } from "./task.js";

const { variant, path, runId, records } = task();

// The compiler's work is done with before the clock runs.
await runFlood(
  await openVariant(variant, `${path}.${runId}.warm-up`, runId),
  Math.ceil(records / 2.5),
);
const recording = await openVariant(variant, path, runId);
writeSync(1, "ready\n");
await once(process.stdin, "data");
// On the clock that all processes share.
const cpuBefore = process.cpuUsage();
const startedAt = performance.timeOrigin + performance.now();
await runFlood(recording, records);
const endedAt = performance.timeOrigin + performance.now();
const cpu = process.cpuUsage(cpuBefore);
report({ startedAt, endedAt, cpuMicros: (cpu.user + cpu.system) / records });
