// @ts-check
// One measurement in a process of its own: 5 records about every millisecond, each call timed.
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { rank } from "../lib/percentiles.js";
import { openVariant } from "../variants.js";
import { report, task } from "./task.js";

const BURST = 5;
const WARM_UP = 1_000;
const { variant, path, runId, records } = task();

const recording = await openVariant(variant, path, runId);
const micros = new Float64Array(records);
let i = 0;

/** @param {number} until */
async function pace(until) {
  while (i < until) {
    for (let k = 0; k < BURST; k++) {
      const before = performance.now();
      recording.record(i);
      micros[i % records] = (performance.now() - before) * 1000;
      i++;
    }
    await sleep(1);
  }
}

await pace(WARM_UP);
const loopBefore = performance.eventLoopUtilization();
const cpuBefore = process.cpuUsage();
await pace(WARM_UP + records);
const cpu = process.cpuUsage(cpuBefore);
const loop = performance.eventLoopUtilization(loopBefore);
await recording.close();
micros.sort();
report({
  p50: rank(micros, 0.5),
  p99: rank(micros, 0.99),
  p999: rank(micros, 0.999),
  max: rank(micros, 1),
  cpuMicros: (cpu.user + cpu.system) / records,
  loopMicros: (loop.active * 1000) / records,
});
