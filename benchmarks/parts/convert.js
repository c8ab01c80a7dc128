// @ts-check
import { rmSync } from "node:fs";
import { join } from "node:path";
import { interleaved, measure } from "../lib/measure.js";
import { SESSIONS, writeSessions } from "./convert/sessions.js";

const BYTES = 200e6;
const QUICK_BYTES = 3e6;
const WAYS = [
  "JSON.parse of each line",
  "importLog",
  "importLog, not redacted",
  "importLog and toLine",
];

/**
 * Importing the logs of other tools, made up in the shape of real ones: one table a format.
 *
 * @param {import("../bench.js").Context} context
 * @returns {Promise<import("../lib/table.js").Part[]>}
 */
export async function convert({ folder, runs, quick }) {
  const tables = [];
  for (const format of Object.keys(SESSIONS)) {
    const path = join(folder, `${format}.jsonl`);
    const { bytes, calls } = writeSessions(format, path, quick ? QUICK_BYTES : BYTES);
    const results = await interleaved(WAYS, runs, async (variant) => {
      const result = await measure("convert", { variant, path });
      if (variant !== WAYS[0] && result["calls"] !== calls) {
        throw new Error(`${result["calls"]} calls of models, expected ${calls}`);
      }
      const perSecond = bytes / 1e6 / (result["seconds"] ?? 0);
      return { ...result, perSecond, perCpuSecond: bytes / 1e6 / (result["cpuSeconds"] ?? 0) };
    });
    rmSync(path);
    tables.push({
      title: `Importing ${(bytes / 1e6).toFixed(0)} MB of ${format}`,
      note: "Sessions in the page cache, to records in memory; with toLine, to the lines of a log.",
      columns: [
        { name: "MB/s", key: "perSecond" },
        { name: "MB a CPU second", key: "perCpuSecond" },
        { name: "x JSON.parse", key: "seconds", of: WAYS[0] ?? "" },
        { name: "peak RSS MB", key: "maxRssMb" },
      ],
      results,
    });
  }
  return tables;
}
