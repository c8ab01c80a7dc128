// @ts-check
import { StepLog } from "@step-log/core";
import { fsSink } from "@step-log/fs-sink";
import { record } from "../mix.js";

/**
 * step-log with its defaults, but for what `options` says. No header and no end of the run, so that
 * all write the same lines.
 *
 * @param {string} path
 * @param {string} runId
 * @param {{ durability: "os" | "buffered", redact: boolean }} options
 * @returns {import("../variants.js").Recording}
 */
export function open(path, runId, { durability, redact }) {
  const sink = fsSink(path, { durability });
  const log = new StepLog({ runId, sink, run: false, redact });
  return {
    record: (i) => record(log, i),
    async close() {
      await log.close();
      await sink.close();
    },
  };
}
