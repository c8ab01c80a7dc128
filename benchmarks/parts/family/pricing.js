// @ts-check
import { interleaved, measure } from "../../lib/measure.js";

const RECORDS = 1_000_000;
// Ten times the 10,000 distinct ones, so that a tenth has each of them once.
const QUICK_RECORDS = 100_000;
const PARSE = "JSON.parse of the line";
const PEER = "calcPrice of genai-prices";

/** @type {Record<string, number>} The rows, and what part of the records each gets, where all would take minutes. */
const ROWS = {
  [PARSE]: 1,
  [PEER]: 0.1,
  costOf: 1,
  "Usage, add": 1,
  "Usage, add of the parsed line": 1,
  "budgetSink, write": 1,
};

/**
 * Pricing records, all by the same list; those that price have to come to the same sum.
 *
 * @param {import("../../bench.js").Context} context
 * @returns {Promise<import("../../lib/table.js").Part>}
 */
export async function pricing({ runs, quick }) {
  const all = quick ? QUICK_RECORDS : RECORDS;
  /** @type {number | undefined} */
  let expected;
  const results = await interleaved(Object.keys(ROWS), runs, async (variant) => {
    const records = all * (ROWS[variant] ?? 1);
    const result = await measure("pricing", { variant, records });
    const usd = (result["usd"] ?? 0) / records;
    if (variant !== PARSE) {
      expected ??= usd;
      if (!(Math.abs(usd / expected - 1) < 1e-9)) {
        throw new Error(`${usd} dollars a record, expected ${expected}`);
      }
    }
    return { ...result, million: (result["nanoseconds"] ?? 0) * RECORDS * 1e-9 };
  });
  return {
    title: "Pricing a million records",
    note: "Calls of four models with cached tokens, in memory; a tenth of them for calcPrice, by proportion.",
    columns: [
      { name: "s a million", key: "million" },
      { name: "ns a record", key: "nanoseconds" },
      { name: "x calcPrice", key: "nanoseconds", of: PEER },
      { name: "x JSON.parse", key: "nanoseconds", of: PARSE },
    ],
    results,
  };
}
