// @ts-check
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { interleaved, local } from "../lib/measure.js";
import { wholeProcess } from "../lib/whole-process.js";
import { wire } from "../mix.js";

const FILES = 2000;
const QUICK_FILES = 20;
const FILE_BYTES = 500_000;
const COMMAND = "step-log stats";
const READLINE = "Node: readline, JSON.parse";
const PYTHON = "Python: json.loads";
const JQ = "jq";
const bin = local("../packages/cli/dist/bin.js");

/**
 * @typedef {object} Figures What all of them have to find.
 * @property {Record<string, number>} p95 By tool, in milliseconds.
 * @property {number} errorRate
 * @property {Record<string, { input: number, output: number }>} tokens By model.
 */

/** @type {Record<string, (folder: string) => ReturnType<typeof wholeProcess>>} */
const WAYS = {
  [COMMAND]: (folder) => wholeProcess(process.execPath, [bin, "stats", folder, "--json"]),
  [`${COMMAND}, one thread`]: (folder) =>
    wholeProcess(process.execPath, [bin, "stats", folder, "--json"], { STEP_LOG_THREADS: "1" }),
  [READLINE]: (folder) =>
    wholeProcess(process.execPath, [local("workers/stats/readline.js"), folder]),
  [PYTHON]: (folder) => wholeProcess("python3", [local("workers/stats/stats.py"), folder]),
  [JQ]: (folder) => {
    const files = readdirSync(folder).map((name) => join(folder, name));
    return wholeProcess("jq", ["-cn", "-f", local("workers/stats/stats.jq"), ...files]);
  },
};

/**
 * The same figures of many files by `step-log stats` and by what people write instead: whole processes.
 *
 * @param {import("../bench.js").Context} context
 * @returns {Promise<import("../lib/table.js").Part>}
 */
export async function stats({ folder, runs, quick, python }) {
  const logs = join(folder, "logs");
  const { bytes, lines } = writeLogs(logs, quick ? QUICK_FILES : FILES);
  const hasJq = spawnSync("jq", ["--version"]).status === 0;
  if (!hasJq) console.error("No jq; it is left out of stats.");
  const names = Object.keys(WAYS).filter(
    (name) => (name !== PYTHON || python) && (name !== JQ || hasJq),
  );
  /** @type {Figures | undefined} */
  let expected;
  const results = await interleaved(names, runs, async (name, round) => {
    // Once is enough of what takes minutes.
    if (name === JQ && round > 0) return {};
    const { stdout, seconds, cpuSeconds } = await /** @type {any} */ (WAYS[name])(logs);
    const figures = figuresOf(JSON.parse(stdout));
    expected ??= figures;
    compare(figures, expected);
    return { seconds, cpuSeconds, perSecond: bytes / 1e6 / seconds };
  });
  rmSync(logs, { recursive: true });
  const files = quick ? QUICK_FILES : FILES;
  return {
    title: `P95 by tool, error rate and tokens by model of ${(bytes / 1e6).toFixed(0)} MB`,
    note: `${lines.toLocaleString("en")} lines in ${files.toLocaleString("en")} files, in the page cache; whole processes. step-log tells costs, days and runs as well.${hasJq ? " jq ran once." : ""}`,
    columns: [
      { name: "seconds", key: "seconds" },
      { name: "MB/s", key: "perSecond" },
      { name: `x ${COMMAND}`, key: "seconds", of: COMMAND },
      { name: "CPU seconds", key: "cpuSeconds" },
      { name: `x its CPU`, key: "cpuSeconds", of: COMMAND },
    ],
    results,
  };
}

/**
 * @param {any} told
 * @returns {Figures}
 */
function figuresOf(told) {
  if ("p95" in told) return told;
  const map = (/** @type {object} */ from, /** @type {(it: any) => any} */ to) =>
    Object.fromEntries(Object.entries(from).map(([name, it]) => [name, to(it)]));
  return {
    p95: map(told.by_tool, (tool) => tool.duration_ms.p95),
    errorRate: told.error_rate,
    tokens: map(told.by_model, ({ tokens: { input, output } }) => ({ input, output })),
  };
}

/**
 * Counts have to be the same; a percentile of step-log's is within 1 % of the exact one.
 *
 * @param {Figures} found
 * @param {Figures} expected
 */
function compare(found, expected) {
  assert.deepEqual(found.tokens, expected.tokens);
  assert.equal(found.errorRate.toPrecision(12), expected.errorRate.toPrecision(12));
  assert.deepEqual(Object.keys(found.p95).sort(), Object.keys(expected.p95).sort());
  for (const [tool, p95] of Object.entries(found.p95)) {
    const other = expected.p95[tool] ?? Number.NaN;
    assert.ok(Math.abs(p95 / other - 1) < 0.02, `${tool}: ${p95}, expected ${other}`);
  }
}

/**
 * A file a run, each with a header and an end; one call of a tool in 33 fails.
 *
 * @param {string} folder
 * @param {number} files
 */
function writeLogs(folder, files) {
  mkdirSync(folder);
  let [bytes, lines] = [0, 0];
  for (let file = 0; file < files; file++) {
    const runId = `01936f2e-7c1a-7000-8000-${String(file).padStart(12, "0")}`;
    const line = (/** @type {object} */ record) => `${JSON.stringify(record)}\n`;
    const about = { run_id: runId, ts: Date.now() / 1000 };
    const agent = { name: `agent-${file % 5}`, version: "1.4.0" };
    const head = { schema: "step-log/1", agent, task_type: `task-${file % 7}` };
    let text = line({ step: 0, type: "run_start", ...head, ...about });
    let step = 0;
    for (; text.length < FILE_BYTES; step++) {
      const record = wire(runId, step);
      const fails = step % 33 === 1 && record["type"] === "tool_call";
      text += line(fails ? { ...record, error: "timed out" } : record);
    }
    text += line({ step: step + 1, type: "run_end", status: file % 20 ? "ok" : "error", ...about });
    writeFileSync(join(folder, `${runId}.jsonl`), text);
    bytes += Buffer.byteLength(text);
    lines += step + 2;
  }
  return { bytes, lines };
}
