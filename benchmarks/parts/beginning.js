// @ts-check
import { interleaved, measureWriter } from "../lib/measure.js";
import { VARIANTS } from "../variants.js";

const RECORDS = 200;
const NAMES = [
  "JSON.stringify alone",
  "stringify + a write each",
  "step-log os",
  "step-log buffered",
  "pino sync",
  "pino buffered",
  "winston",
  "bunyan",
];

/**
 * What the first records of a process cost it, after the import.
 *
 * @param {import("../bench.js").Context} context
 * @returns {Promise<import("../lib/table.js").Part>}
 */
export async function beginning({ folder, runs, has }) {
  const results = await interleaved(NAMES.filter(has), runs, (name) =>
    measureWriter("beginning", name, { folder, records: RECORDS }),
  );
  return {
    title: "The first records of a process",
    note: `${RECORDS} records, 5 about each millisecond, after the import; milliseconds. CPU is of the process meanwhile, timers too.`,
    columns: [
      { name: "held", text: (row) => VARIANTS[row]?.held ?? "-" },
      { name: "open", key: "openMs" },
      { name: "first record", key: "firstMs" },
      { name: "x pino sync", key: "firstMs", of: "pino sync" },
      { name: "slowest other", key: "worstMs" },
      { name: "x pino sync", key: "worstMs", of: "pino sync" },
      { name: "all", key: "sumMs" },
      { name: "CPU", key: "cpuMs" },
      { name: "x pino sync", key: "cpuMs", of: "pino sync" },
    ],
    results,
  };
}
