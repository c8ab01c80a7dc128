// @ts-check
import { interleaved, measureWriter } from "../lib/measure.js";
import { VARIANTS } from "../variants.js";

const RECORDS = 200_000;
const QUICK_RECORDS = 4_000;
const MIN_RECORDS = 50;

/**
 * How many records a second get into the file of one process that makes them as fast as it can.
 *
 * @param {import("../bench.js").Context} context
 * @returns {Promise<import("../lib/table.js").Part>}
 */
export async function throughput({ folder, runs, quick, has }) {
  const names = Object.keys(VARIANTS).filter(has);
  const results = await interleaved(names, runs, (name) => {
    const share = VARIANTS[name]?.share ?? 1;
    const records = Math.max(MIN_RECORDS, (quick ? QUICK_RECORDS : RECORDS) * share);
    return measureWriter("flood", name, { folder, records });
  });
  addSum(results);
  return {
    title: "Throughput, one process",
    note: "A flood, with a turn of the event loop after each 1,000 records, until all are written.",
    columns: [
      { name: "held", text: (row) => VARIANTS[row]?.held ?? "-" },
      { name: "records/s", key: "perSecond" },
      { name: "x pino sync", key: "perSecond", of: "pino sync" },
      { name: "x pino buffered", key: "perSecond", of: "pino buffered" },
      { name: "x pino async", key: "perSecond", of: "pino async 4 KiB" },
      { name: "x stringify", key: "perSecond", of: "JSON.stringify alone" },
      { name: "CPU µs/record", key: "cpuMicros" },
      { name: "CPU x pino sync", key: "cpuMicros", of: "pino sync" },
    ],
    results,
  };
}

/**
 * Making the text, then writing it in batches, is as fast as anything can be that does both.
 *
 * @param {Map<string, Record<string, number>[]>} results
 */
function addSum(results) {
  const texts = results.get("JSON.stringify alone") ?? [];
  const writes = results.get("ready 64 KiB writes") ?? [];
  const sums = texts.map((text, i) => {
    const perSecond = 1 / (1 / (text["perSecond"] ?? 0) + 1 / (writes[i]?.["perSecond"] ?? 0));
    const cpuMicros = (text["cpuMicros"] ?? 0) + (writes[i]?.["cpuMicros"] ?? 0);
    return { perSecond, cpuMicros };
  });
  results.set("sum of the first two", sums);
}
