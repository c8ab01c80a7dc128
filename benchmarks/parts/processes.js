// @ts-check
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { checkFile } from "../lib/check-file.js";
import { interleaved, local } from "../lib/measure.js";

const RECORDS = 50_000;
const QUICK_RECORDS = 2_000;
const COUNTS = [2, 4, 8];
const QUICK_COUNTS = [2];
const VARIANTS = [
  "stringify + a write each",
  "step-log os",
  "step-log os, no lock",
  "step-log buffered",
  "step-log buffered, no lock",
  "pino sync",
];

/**
 * Several processes that write to one file as fast as they can, their records counted and checked.
 *
 * @param {import("../bench.js").Context} context
 * @returns {Promise<import("../lib/table.js").Part>}
 */
export async function processes({ folder, runs, quick, has }) {
  const records = quick ? QUICK_RECORDS : RECORDS;
  const names = VARIANTS.filter(has);
  const rows = (quick ? QUICK_COUNTS : COUNTS).flatMap((count) =>
    names.map((variant) => ({ name: `${count}: ${variant}`, count, variant })),
  );
  const results = await interleaved(
    rows.map(({ name }) => name),
    runs,
    (name) => {
      const { variant = "", count = 0 } = rows.find((row) => row.name === name) ?? {};
      return writeTogether(variant, count, records, folder);
    },
  );
  return {
    title: "Several processes, one file",
    note: `Each writes ${records.toLocaleString("en")} records; then all lines are read, parsed and checked: none lost, twice, broken or out of order. A blank line is where a writer closed what it took for the stub of a line. Writers in milliseconds.`,
    columns: [
      { name: "records/s in all", key: "perSecond" },
      {
        name: "x no lock",
        key: "perSecond",
        of: (row) => `${row.replace(", no lock", "")}, no lock`,
      },
      { name: "x pino sync", key: "perSecond", of: (row) => `${row.split(":")[0]}: pino sync` },
      { name: "CPU µs/record", key: "cpuMicros" },
      { name: "fastest writer", key: "fastestMs" },
      { name: "slowest writer", key: "slowestMs" },
      { name: "slowest x fastest", key: "spread" },
      { name: "most blank lines", key: "blanks", worst: true },
    ],
    results,
  };
}

/**
 * @param {string} variant
 * @param {number} count
 * @param {number} records
 * @param {string} folder
 */
async function writeTogether(variant, count, records, folder) {
  const path = join(folder, `${randomUUID()}.jsonl`);
  const runIds = Array.from({ length: count }, (_, k) => `run-${k + 1}`);
  const writers = runIds.map((runId) => startWriter({ variant, path, runId, records }));
  try {
    await Promise.all(writers.map(({ ready }) => ready()));
    for (const { go } of writers) go();
    const times = await Promise.all(writers.map((writer) => writer.times()));
    const blanks = await checkFile(
      path,
      Object.fromEntries(runIds.map((runId) => [runId, records])),
      true,
    );
    const took = times.map(({ startedAt, endedAt }) => endedAt - startedAt);
    const from = Math.min(...times.map(({ startedAt }) => startedAt));
    const to = Math.max(...times.map(({ endedAt }) => endedAt));
    const [fastestMs, slowestMs] = [Math.min(...took), Math.max(...took)];
    const perSecond = (count * records * 1000) / (to - from);
    const cpuMicros = times.reduce((sum, it) => sum + it.cpuMicros, 0) / count;
    return { perSecond, cpuMicros, fastestMs, slowestMs, spread: slowestMs / fastestMs, blanks };
  } finally {
    for (const { end } of writers) end();
    rmSync(path, { force: true });
    for (const runId of runIds) rmSync(`${path}.${runId}.warm-up`, { force: true });
  }
}

/** @param {Record<string, unknown>} task */
function startWriter(task) {
  const args = [local("workers/writer.js"), JSON.stringify(task)];
  const child = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (/** @type {string} */ start) => {
    for (;;) {
      const { value, done } = await lines.next();
      if (done) throw new Error(`${task["variant"]}: a writer ended before it was done`);
      if (value.startsWith(start)) return value;
    }
  };
  return {
    ready: () => next("ready"),
    go: () => child.stdin.end("go\n"),
    times: async () => JSON.parse(await next("{")),
    end: () => child.kill(),
  };
}
