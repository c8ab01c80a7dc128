// @ts-check
// One measurement in a process of its own: 5 records about every millisecond, each call timed; first
// while the compiler is still at work, then as many again.
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { rank } from "../lib/percentiles.js";
import { openVariant } from "../variants.js";
import { report, task } from "./task.js";

const BURST = 5;
const { variant, path, runId, records } = task();

const recording = await openVariant(variant, path, runId);
let i = 0;

/** @returns {Promise<Float64Array>} What each of so many calls took, in microseconds, sorted. */
async function pace() {
  const micros = new Float64Array(records);
  for (const until = i + records; i < until; ) {
    for (let k = 0; k < BURST; k++) {
      const before = performance.now();
      recording.record(i);
      micros[i % records] = (performance.now() - before) * 1000;
      i++;
    }
    await sleep(1);
  }
  return micros.sort();
}

const first = await pace();
const loopBefore = performance.eventLoopUtilization();
const cpuBefore = process.cpuUsage();
const micros = await pace();
const cpu = process.cpuUsage(cpuBefore);
const loop = performance.eventLoopUtilization(loopBefore);
await recording.close();
report({
  firstP50: rank(first, 0.5),
  firstP99: rank(first, 0.99),
  p50: rank(micros, 0.5),
  p99: rank(micros, 0.99),
  p999: rank(micros, 0.999),
  max: rank(micros, 1),
  cpuMicros: (cpu.user + cpu.system) / records,
  loopMicros: (loop.active * 1000) / records,
});
