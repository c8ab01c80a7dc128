// @ts-check
import { randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { checkFile } from "../lib/check-file.js";
import { interleaved, measure } from "../lib/measure.js";

const DURATION_MS = 1_000;
const QUICK_DURATION_MS = 100;
const ONE_BY_ONE = "write + fdatasync, one by one";

/** @type {Record<string, { variant: string, awaiters: number }>} */
const ROWS = {
  [ONE_BY_ONE]: { variant: "one by one", awaiters: 1 },
  "write + fdatasync, groups of 10": { variant: "together", awaiters: 10 },
  "write + fdatasync, groups of 100": { variant: "together", awaiters: 100 },
  "step-log fsync, 1 awaiter": { variant: "step-log fsync", awaiters: 1 },
  "step-log fsync, 10 awaiters": { variant: "step-log fsync", awaiters: 10 },
  "step-log fsync, 100 awaiters": { variant: "step-log fsync", awaiters: 100 },
};

/**
 * What it costs to wait until a record is on the disk, alone and together.
 *
 * @param {import("../bench.js").Context} context
 * @returns {Promise<import("../lib/table.js").Part>}
 */
export async function fsync({ folder, runs, quick }) {
  const durationMs = quick ? QUICK_DURATION_MS : DURATION_MS;
  const results = await interleaved(Object.keys(ROWS), runs, async (name) => {
    const path = join(folder, `${randomUUID()}.jsonl`);
    const runId = "run-abc123";
    const result = await measure("fsync", { ...ROWS[name], path, runId, durationMs });
    await checkFile(path, { [runId]: result["records"] ?? 0 }, true);
    rmSync(path);
    return result;
  });
  return {
    title: "On the disk",
    note: "Each awaiter records, waits until that is on the disk, and begins again; waits in milliseconds. The first three write without lock, copy or check.",
    columns: [
      { name: "records/s", key: "perSecond" },
      { name: "x one by one", key: "perSecond", of: ONE_BY_ONE },
      { name: "wait p50", key: "p50" },
      { name: "x one by one", key: "p50", of: ONE_BY_ONE },
      { name: "wait p99", key: "p99" },
    ],
    results,
  };
}
