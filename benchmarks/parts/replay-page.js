// @ts-check
import { execFile, spawnSync } from "node:child_process";
import { closeSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { interleaved, local } from "../lib/measure.js";
import { hasPython } from "../lib/peers.js";
import { wire } from "../mix.js";

const run = promisify(execFile);
const STEPS = 100_000;
const QUICK_STEPS = 2_000;
const TIMEOUT_MS = 120_000;

/**
 * From a key to the page, in a real terminal, on a long run; beside pagers on the same file.
 *
 * @param {import("../bench.js").Context} context
 * @returns {Promise<import("../lib/table.js").Part>}
 */
export async function replayPage({ folder, runs, quick }) {
  const path = join(folder, "long-run.jsonl");
  const steps = quick ? QUICK_STEPS : STEPS;
  writeRun(path, steps);
  const programs = programsFor(path, steps);
  const names = Object.keys(programs).filter((name) => isHere(programs[name]?.argv[0] ?? ""));
  const missing = Object.keys(programs).filter((name) => !names.includes(name));
  const times = quick ? 3 : 50;
  const results = await interleaved(hasPython() ? names : [], runs, async (name) => {
    const { argv, first, end, found, below } = programs[name] ?? fail(name);
    const needle = `toolu_${steps - 3}`;
    const keys = [
      ["end", "G", 1, end],
      // Some begin at the end; from here on all go down.
      ["home", "g", 1, null],
      ["down", "j", times, null],
      ["page", " ", times, null],
      ...(found === null ? [] : [["search", `/${needle}\r`, 1, found]]),
      ...(below ? [["open", "\r", 1, needle]] : []),
    ];
    const task = JSON.stringify({ argv, first, keys, home: folder });
    const { stdout } = await run("python3", [local("workers/terminal.py"), task], {
      timeout: TIMEOUT_MS,
    });
    return JSON.parse(stdout);
  });
  rmSync(path);
  const without = missing.length === 0 ? "" : ` Not here: ${missing.join(", ")}.`;
  return {
    title: `A run of ${steps.toLocaleString("en")} steps on a terminal`,
    note: `80 × 24, from the key to the last byte of what is drawn, milliseconds; the first page from the start of the program. A row and a page are those of ${times} presses. The search is for a text at the end.${without}`,
    columns: [
      { name: "first page", key: "firstMs" },
      { name: "row p50", key: "downMs" },
      { name: "row p95", key: "downP95Ms" },
      { name: "page p50", key: "pageMs" },
      { name: "page p95", key: "pageP95Ms" },
      { name: "to the end", key: "endMs" },
      { name: "search", key: "searchMs" },
      { name: "open a step", key: "openMs" },
    ],
    results,
  };
}

/**
 * @typedef {object} Program
 * @property {readonly string[]} argv
 * @property {string} first What its first page has.
 * @property {string | null} end What its last page has.
 * @property {string | null} found What it shows when it has found the text.
 * @property {boolean} below Whether a step can be opened.
 */

/**
 * @param {string} path
 * @param {number} steps
 * @returns {Record<string, Program>}
 */
function programsFor(path, steps) {
  const count = (/** @type {number} */ n) => n.toLocaleString("en");
  const bin = local("../packages/cli/dist/bin.js");
  // `"step":99998` is in the line, and not in what is typed.
  const line = {
    first: "llm_call",
    end: `"step":${steps}`,
    found: `"step":${steps - 2}`,
    below: false,
  };
  return {
    "step-log replay": {
      argv: [process.execPath, bin, "replay", path],
      first: "tool_use",
      end: `${count(steps)} of ${count(steps)}`,
      found: `${count(steps - 2)} of ${count(steps)}`,
      below: true,
    },
    less: { argv: ["less", path], ...line },
    // It draws the cells that are others, so that no text can be waited for.
    lnav: { argv: ["lnav", path], ...line, end: null, found: null },
  };
}

/** @param {string} program */
function isHere(program) {
  return program === process.execPath || spawnSync(program, ["--version"]).status === 0;
}

/**
 * @param {string} path
 * @param {number} steps
 */
function writeRun(path, steps) {
  const fd = openSync(path, "wx", 0o600);
  for (let i = 0; i < steps; i++) writeSync(fd, `${JSON.stringify(wire("run-a", i))}\n`);
  closeSync(fd);
}

/**
 * @param {string} name
 * @returns {never}
 */
function fail(name) {
  throw new Error(`no program ${name}`);
}
