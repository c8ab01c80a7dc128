// @ts-check
import { interleaved, measureWriter } from "../lib/measure.js";
import { VARIANTS } from "../variants.js";

const RECORDS = 5_000;
const QUICK_RECORDS = 500;

// Made for a flood, or not made for this: a record each 0.2 ms is more than it takes.
const LEFT_OUT = ["ready 64 KiB writes", "a lock a record"];

/**
 * What a call costs the agent that makes 5 of them about every millisecond.
 *
 * @param {import("../bench.js").Context} context
 * @returns {Promise<import("../lib/table.js").Part>}
 */
export async function latency({ folder, runs, quick, has }) {
  const names = Object.keys(VARIANTS).filter((name) => has(name) && !LEFT_OUT.includes(name));
  const records = quick ? QUICK_RECORDS : RECORDS;
  const results = await interleaved(names, runs, (name) =>
    measureWriter("paced", name, { folder, records, expected: 2 * records }),
  );
  return {
    title: "Latency of a call, paced",
    note: `5 records about each millisecond, each call timed; microseconds. The first ${records.toLocaleString("en")} calls, while the compiler is still at work, are apart; everything else is of as many after them. CPU and loop are of all that happens meanwhile, timers too.`,
    columns: [
      { name: "held", text: (row) => VARIANTS[row]?.held ?? "-" },
      { name: "p50", key: "p50" },
      { name: "x pino sync", key: "p50", of: "pino sync" },
      { name: "x stringify", key: "p50", of: "JSON.stringify alone" },
      { name: "x pino buffered", key: "p50", of: "pino buffered" },
      { name: "p99", key: "p99" },
      { name: "x pino sync", key: "p99", of: "pino sync" },
      { name: "x pino async", key: "p99", of: "pino async 4 KiB" },
      { name: "p99.9", key: "p999" },
      { name: "first p50", key: "firstP50" },
      { name: "x pino sync", key: "firstP50", of: "pino sync" },
      { name: "first p99", key: "firstP99" },
      { name: "x pino sync", key: "firstP99", of: "pino sync" },
      { name: "CPU/record", key: "cpuMicros" },
      { name: "x pino sync", key: "cpuMicros", of: "pino sync" },
      { name: "loop/record", key: "loopMicros" },
      { name: "x pino sync", key: "loopMicros", of: "pino sync" },
    ],
    results,
  };
}
