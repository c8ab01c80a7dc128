// @ts-check
import { interleaved, measure } from "../../lib/measure.js";

const CALLS = 1_000_000;
const QUICK_CALLS = 10_000;

// The rows, by what each is compared with.
const NOTHING = "a record, sink that does nothing";
/** @type {Record<string, string>} */
const ROWS = { [NOTHING]: NOTHING };

/**
 * What one call costs in a process that does nothing else.
 *
 * @param {import("../../bench.js").Context} context
 * @returns {Promise<import("../../lib/table.js").Part>}
 */
export async function overhead({ runs, quick }) {
  const records = quick ? QUICK_CALLS : CALLS;
  const results = await interleaved(Object.keys(ROWS), runs, (variant) =>
    measure("overhead", { variant, records }),
  );
  return {
    title: "Bus and context",
    note: "Nanoseconds a call, in a loop that does nothing else.",
    columns: [
      { name: "ns", key: "nanoseconds" },
      { name: "compared with", text: (row) => (ROWS[row] === row ? "" : (ROWS[row] ?? "")) },
      { name: "x that", key: "nanoseconds", of: (row) => ROWS[row] ?? row },
    ],
    results,
  };
}
