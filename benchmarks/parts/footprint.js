// @ts-check
import { interleaved, measureWriter } from "../lib/measure.js";

const RECORDS = 200_000;
const QUICK_RECORDS = 4_000;
const NAMES = [
  "JSON.stringify alone",
  "step-log os",
  "step-log buffered",
  "pino sync",
  "pino buffered",
  "pino async 4 KiB",
  "winston",
];

/**
 * The most memory that a process takes in a flood.
 *
 * @param {import("../bench.js").Context} context
 * @returns {Promise<import("../lib/table.js").Part>}
 */
export async function footprint({ folder, runs, quick, has }) {
  const records = quick ? QUICK_RECORDS : RECORDS;
  const results = await interleaved(NAMES.filter(has), runs, (name) =>
    measureWriter("flood", name, { folder, records }),
  );
  return {
    title: "Memory in a flood",
    note: `Peak resident set of the whole process after ${records.toLocaleString("en")} records, MB.`,
    columns: [
      { name: "peak RSS", key: "maxRssMb" },
      { name: "x pino sync", key: "maxRssMb", of: "pino sync" },
      { name: "x stringify", key: "maxRssMb", of: "JSON.stringify alone" },
    ],
    results,
  };
}
