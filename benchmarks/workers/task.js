// @ts-check
import { writeSync } from "node:fs";

/**
 * What a worker is told by the process that started it.
 *
 * @typedef {object} Task
 * @property {string} variant
 * @property {string} path
 * @property {string} runId
 * @property {number} records
 * @property {string} [out] Where to write.
 * @property {number} [awaiters] How many wait for the disk at a time.
 * @property {number} [durationMs]
 * @property {readonly string[]} [modules] What to import.
 * @property {string} [from] URL of the module that finds them there.
 */

/**
 * Reads the task; from then on the process is kept alive, as a server is, until `report`.
 *
 * @returns {Task}
 */
export function task() {
  setInterval(() => {}, 60_000);
  return JSON.parse(process.argv[2] ?? "{}");
}

/**
 * Tells the result, as the last line on stdout, and ends: some peers keep the process alive.
 *
 * @param {Record<string, number>} result
 */
export function report(result) {
  writeSync(1, `\n${JSON.stringify(result)}\n`);
  process.exit();
}
