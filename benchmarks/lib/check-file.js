// @ts-check
import { deepStrictEqual } from "node:assert/strict";
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { wire } from "../mix.js";

// So many of the first records of a run are compared key by key.
const COMPARED = 100;

/**
 * Checks that a file holds so many lines, all of JSON; of records those of each run once and in order.
 *
 * @param {string} path
 * @param {Readonly<Record<string, number>>} counts How many records of which run.
 * @param {boolean} records Whether the lines are records of the mix, with more keys perhaps.
 * @returns {Promise<number>} How many blank lines stand between them.
 */
export async function checkFile(path, counts, records) {
  /** @type {Record<string, number>} */
  const seen = {};
  let lines = 0;
  let blanks = 0;
  for await (const line of createInterface({ input: createReadStream(path) })) {
    if (line === "") {
      blanks++;
      continue;
    }
    lines++;
    const found = parse(line, path);
    if (!records) continue;
    const i = seen[found.run_id] ?? 0;
    seen[found.run_id] = i + 1;
    if (found.step !== i + 1) {
      throw new Error(
        `${path}: step ${found.step} of ${found.run_id} stands where ${i + 1} should`,
      );
    }
    if (i < COMPARED) compare(found, wire(found.run_id, i));
  }
  const expected = Object.values(counts).reduce((sum, count) => sum + count, 0);
  if (lines !== expected) throw new Error(`${path}: ${lines} lines, expected ${expected}`);
  if (records) deepStrictEqual(seen, { ...counts });
  return blanks;
}

/**
 * @param {string} line
 * @param {string} path
 */
function parse(line, path) {
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw new Error(`${path}: no JSON: ${line.slice(0, 200)}`, { cause });
  }
}

/**
 * @param {Record<string, unknown>} found
 * @param {Record<string, unknown>} expected
 */
function compare(found, expected) {
  for (const [key, value] of Object.entries(expected)) {
    if (key !== "ts") deepStrictEqual(found[key], value, key);
    else if (typeof found[key] !== "number") throw new Error(`no ts in ${JSON.stringify(found)}`);
  }
}
