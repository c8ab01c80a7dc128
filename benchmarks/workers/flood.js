// @ts-check
// One measurement in a process of its own: as many records as it takes, a turn of the event loop
// after each 1,000; until all of them are written.
import { setImmediate as nextTurn } from "node:timers/promises";
import { openVariant } from "../variants.js";
import { report, task } from "./task.js";

const TURN = 1_000;
const { variant, path, runId, records } = task();

/**
 * @param {import("../variants.js").Recording} recording
 * @param {number} count
 */
async function flood(recording, count) {
  for (let i = 0; i < count; i++) {
    recording.record(i);
    if (i % TURN === TURN - 1) await nextTurn();
  }
  await recording.close();
}

// The compiler's work is done with before the clock runs.
await flood(await openVariant(variant, `${path}.warm-up`, runId), Math.ceil(records / 10));

const recording = await openVariant(variant, path, runId);
const cpuBefore = process.cpuUsage();
const startedAt = performance.now();
await flood(recording, records);
const seconds = (performance.now() - startedAt) / 1000;
const cpu = process.cpuUsage(cpuBefore);
report({
  perSecond: records / seconds,
  cpuMicros: (cpu.user + cpu.system) / records,
  maxRssMb: process.resourceUsage().maxRSS / 1024,
});
