// @ts-check
import { closeSync, openSync, rmSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";
import { interleaved, measure } from "../lib/measure.js";
import { wire } from "../mix.js";

const STEPS = 100_000;
const QUICK_STEPS = 2_000;

/**
 * Opening long runs, looking things up in them, and comparing them.
 *
 * @param {import("../bench.js").Context} context
 * @returns {Promise<import("../lib/table.js").Part>}
 */
export async function replay({ folder, runs, quick }) {
  const path = join(folder, "long-runs.jsonl");
  const steps = quick ? QUICK_STEPS : STEPS;
  writeRuns(path, steps);
  const megabytes = statSync(path).size / 1e6;
  const names = ["the same run again", "every 10th step left out", "nothing in common"];
  const results = await interleaved(names, runs, (variant) =>
    measure("replay", { variant, path, records: steps }),
  );
  rmSync(path);
  return {
    title: `Replaying runs of ${steps.toLocaleString("en")} steps`,
    note: `Of a file of ${megabytes.toFixed(0)} MB with three runs. Heap is what one open run takes; the rest are milliseconds, the look-ups each the mean of 1,000.`,
    columns: [
      { name: "open", key: "openMs" },
      { name: "heap MB", key: "heapMb" },
      { name: "at", key: "atMs" },
      { name: "find, at the end", key: "findMs" },
      { name: "contextAt", key: "contextMs" },
      { name: "slowest", key: "slowestMs" },
      { name: "tree", key: "treeMs" },
      { name: "diff", key: "diffMs" },
    ],
    results,
  };
}

/**
 * @param {string} path
 * @param {number} steps
 */
function writeRuns(path, steps) {
  const fd = openSync(path, "wx", 0o600);
  for (let i = 0; i < steps; i++) {
    const step = wire("run-a", i);
    const strange = step["tool"] === undefined ? {} : { tool: `other_${i}` };
    const lines = [
      step,
      ...(i % 10 === 9 ? [] : [{ ...step, run_id: "run-b" }]),
      { ...step, run_id: "run-c", type: "tool_call", tool: "other", input: i, ...strange },
    ];
    writeSync(fd, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  }
  closeSync(fd);
}
