// @ts-check
import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { VARIANTS } from "../variants.js";
import { checkFile } from "./check-file.js";

const run = promisify(execFile);
const TIMEOUT_MS = 120_000;

/** @param {string} file */
export const local = (file) => fileURLToPath(new URL(`../${file}`, import.meta.url));

/**
 * Runs a worker in a fresh process; gives the result that it tells.
 *
 * @param {string} worker `flood`
 * @param {Record<string, unknown>} task
 * @returns {Promise<Record<string, number>>}
 */
export async function measure(worker, task) {
  const { file } = VARIANTS[String(task["variant"])] ?? {};
  const [program, script] = file?.endsWith(".py")
    ? ["python3", local(file)]
    : [process.execPath, local(`workers/${worker}.js`)];
  const { stdout } = await run(program, [script, JSON.stringify({ ...task, kind: worker })], {
    timeout: TIMEOUT_MS,
  });
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
}

/**
 * Measures each variant once a round, each round beginning with another one, so that what changes on
 * the machine meanwhile meets all of them.
 *
 * @param {readonly string[]} names
 * @param {number} rounds
 * @param {(name: string, round: number) => Promise<Record<string, number>>} once
 * @returns {Promise<Map<string, Record<string, number>[]>>}
 */
export async function interleaved(names, rounds, once) {
  /** @type {Map<string, Record<string, number>[]>} */
  const results = new Map(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (let k = 0; k < names.length; k++) {
      const name = names[(k + round) % names.length] ?? "";
      results.get(name)?.push(await once(name, round).catch((error) => failed(name, error)));
    }
  }
  return results;
}

/**
 * @param {string} name
 * @param {Error & { stderr?: string }} error
 */
function failed(name, error) {
  console.error(`${name} failed: ${error.stderr?.trim() || error.message}`);
  process.exitCode = 1;
  return {};
}

/**
 * Measures a variant that writes a file, and checks what it wrote.
 *
 * @param {string} worker
 * @param {string} name
 * @param {{ folder: string, records: number, expected?: number }} options
 */
export async function measureWriter(worker, name, { folder, records, expected = records }) {
  const path = join(folder, `${randomUUID()}.jsonl`);
  const runId = "run-abc123";
  try {
    const result = await measure(worker, { variant: name, path, runId, records });
    const output = VARIANTS[name]?.output ?? "none";
    if (output !== "none") {
      const blanks = await checkFile(path, { [runId]: expected }, output === "records");
      if (blanks > 0) throw new Error(`${blanks} blank lines`);
    }
    return result;
  } finally {
    rmSync(path, { force: true });
    rmSync(`${path}.warm-up`, { force: true });
  }
}
