// @ts-check
// One measurement in a process of its own: how many records a second.
import { openVariant } from "../variants.js";
import { runFlood } from "./run-flood.js";
import { report, task } from "./task.js";

const { variant, path, runId, records } = task();

// The compiler's work is done with before the clock runs.
await runFlood(await openVariant(variant, `${path}.warm-up`, runId), Math.ceil(records / 10));

const recording = await openVariant(variant, path, runId);
const cpuBefore = process.cpuUsage();
const startedAt = performance.now();
await runFlood(recording, records);
const seconds = (performance.now() - startedAt) / 1000;
const cpu = process.cpuUsage(cpuBefore);
report({
  perSecond: records / seconds,
  cpuMicros: (cpu.user + cpu.system) / records,
  maxRssMb: process.resourceUsage().maxRSS / 1024,
});
