// @ts-check
// One measurement in a process of its own: the first records that it makes, 5 about every
// millisecond, each call timed. Nothing is warmed up, nor loaded for the measuring itself:
// `performance` would be, and that takes 0.8 ms of whoever asks for it first.
import { setTimeout as sleep } from "node:timers/promises";
import { VARIANTS } from "../variants.js";
import { report, task } from "./task.js";

const BURST = 5;
const { variant, path, runId, records } = task();
const { file, options = {} } = VARIANTS[variant] ?? {};
/** @type {{ open(path: string, runId: string, options: object): Promise<import("../variants.js").Recording> }} */
const { open } = await import(`../${file}`);

const now = () => Number(process.hrtime.bigint()) / 1e6;
now();
const cpuBefore = process.cpuUsage();
const openedAt = now();
const recording = await open(path, runId, options);
const openMs = now() - openedAt;

const durations = new Float64Array(records);
for (let i = 0; i < records; ) {
  for (let k = 0; k < BURST && i < records; k++) {
    const before = now();
    recording.record(i);
    durations[i++] = now() - before;
  }
  await sleep(1);
}
const cpu = process.cpuUsage(cpuBefore);
await recording.close();

const [firstMs = 0, ...others] = durations;
report({
  openMs,
  firstMs,
  worstMs: Math.max(...others),
  sumMs: durations.reduce((sum, duration) => sum + duration),
  cpuMs: (cpu.user + cpu.system) / 1000,
});
