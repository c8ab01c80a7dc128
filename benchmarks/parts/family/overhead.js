// @ts-check
import { interleaved, measure } from "../../lib/measure.js";

const CALLS = 300_000;
const QUICK_CALLS = 10_000;

const RECORD = "a record, sink that does nothing";
const EMITTER = "emit, node:events, 1 listener";
const STORAGE = "getStore of a bare AsyncLocalStorage";
const BARE_RUN = "run of a bare AsyncLocalStorage";

/** @type {Record<string, string>} The rows, each with the one that it is compared with. */
const ROWS = {
  "an empty call": "an empty call",
  [RECORD]: RECORD,
  "a record, busSink, nobody listens": RECORD,
  "a record, busSink, 1 subscriber": RECORD,
  "a record, busSink, 1 asynchronous subscriber": RECORD,
  "a record, busSink, 1 on the channel alone": RECORD,
  [EMITTER]: EMITTER,
  "bus.emit, nobody listens": EMITTER,
  "bus.emit, nobody listens to this topic": EMITTER,
  "bus.emit, 1 subscriber": EMITTER,
  "bus.emit, 1 of a pattern": EMITTER,
  "bus.emit, 1 asynchronous subscriber": EMITTER,
  [STORAGE]: STORAGE,
  "RunContext.current": STORAGE,
  "core's currentRun, inside a run": STORAGE,
  [BARE_RUN]: BARE_RUN,
  "RunContext.run": BARE_RUN,
  "RunContext.start and run": BARE_RUN,
};

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
    note: "Nanoseconds a call, in a loop that does nothing else, with a turn of the event loop after each 1,000.",
    columns: [
      { name: "ns", key: "nanoseconds" },
      { name: "x", key: "nanoseconds", of: (row) => ROWS[row] ?? row },
      { name: "of", text: (row) => (ROWS[row] === row ? "" : (ROWS[row] ?? "")) },
    ],
    results,
  };
}
