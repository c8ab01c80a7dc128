// @ts-check
// One measurement in a process of its own: how long packages take to load.
import { report, task } from "./task.js";

const { modules = [], from } = task();
const { load } = await import(`${from}`);
const startedAt = performance.now();
for (const name of modules) await load(name);
report({
  milliseconds: performance.now() - startedAt,
  maxRssMb: process.resourceUsage().maxRSS / 1024,
});
