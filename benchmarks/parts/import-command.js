// @ts-check
import { rmSync } from "node:fs";
import { join } from "node:path";
import { interleaved, measure } from "../lib/measure.js";
import { writeSessions } from "./convert/sessions.js";

const BYTES = 200e6;
const QUICK_BYTES = 3e6;
const FORMATS = /** @type {const} */ (["claude-code", "codex"]);
const READLINE = "Node: readline, JSON.parse";
const PYTHON = "Python: json.loads of each line";
const WAYS = ["step-log import", "step-log import, again", READLINE, PYTHON];

/**
 * `step-log import` as a whole process: one table a format.
 *
 * @param {import("../bench.js").Context} context
 * @returns {Promise<import("../lib/table.js").Part[]>}
 */
export async function importCommand({ folder, runs, quick, python }) {
  const tables = [];
  for (const format of FORMATS) {
    const path = join(folder, `${format}.jsonl`);
    const { bytes, calls } = writeSessions(format, path, quick ? QUICK_BYTES : BYTES);
    const ways = WAYS.filter((way) => python || way !== PYTHON);
    const results = await interleaved(ways, runs, async (variant) => {
      const out = join(folder, "imported");
      if (variant === WAYS[0]) rmSync(out, { recursive: true, force: true });
      const result = await measure("import-command", { variant, path, out });
      if (variant.startsWith("step-log") && result["calls"] !== calls) {
        throw new Error(`${result["calls"]} calls of models, expected ${calls}`);
      }
      const perSecond = bytes / 1e6 / (result["seconds"] ?? 0);
      return { ...result, perSecond, perCpuSecond: bytes / 1e6 / (result["cpuSeconds"] ?? 0) };
    });
    rmSync(path);
    tables.push({
      title: `step-log import of ${(bytes / 1e6).toFixed(0)} MB of ${format}`,
      note: "Whole processes, in the page cache. Again: nothing has changed since, so nothing is read.",
      columns: [
        { name: "MB/s", key: "perSecond" },
        { name: "MB a CPU second", key: "perCpuSecond" },
        { name: "x readline", key: "seconds", of: READLINE },
        { name: "peak RSS MB", key: "maxRssMb" },
      ],
      results,
    });
  }
  return tables;
}
