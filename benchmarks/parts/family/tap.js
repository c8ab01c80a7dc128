// @ts-check
import { interleaved, measure } from "../../lib/measure.js";

const FETCHES = ["fetch", "tap.fetch", "tap.fetch, recordInto"];

/** @type {Record<string, { path: string, calls: number, quick: number }>} */
const CASES = {
  "answered at once": { path: "/at-once", calls: 3_000, quick: 50 },
  "answered after 20 ms": { path: "/thinking", calls: 100, quick: 3 },
  "10 MB": { path: "/stream", calls: 60, quick: 3 },
  "10 MB of events": { path: "/v1/chat/completions", calls: 30, quick: 3 },
};

const ROWS = Object.keys(CASES).flatMap((name) => FETCHES.map((fetch) => `${name}: ${fetch}`));

/**
 * What a tap costs a call over loopback.
 *
 * @param {import("../../bench.js").Context} context
 * @returns {Promise<import("../../lib/table.js").Part>}
 */
export async function tap({ runs, quick }) {
  const results = await interleaved(ROWS, runs, (row) => {
    const [name = "", variant = ""] = row.split(": ");
    const { path, calls, quick: few } = CASES[name] ?? {};
    return measure("tap", { variant, from: path, records: quick ? few : calls });
  });
  const bare = (/** @type {string} */ row) => `${row.split(": ")[0]}: fetch`;
  return {
    title: "Tap",
    note: "Milliseconds a call; the server is a process of its own on loopback. Of 10 MB 1 MiB is kept. CPU is of the whole process, and has what the tap does after the call, too.",
    columns: [
      { name: "first byte", key: "firstMs" },
      { name: "x fetch", key: "firstMs", of: bare, digits: 4 },
      { name: "last byte", key: "lastMs" },
      { name: "x fetch", key: "lastMs", of: bare, digits: 4 },
      { name: "CPU", key: "cpuMs" },
      { name: "x fetch", key: "cpuMs", of: bare },
    ],
    results,
  };
}
