/** @import { Sink, StepRecord } from "@step-log/core" */

/**
 * Hands on each record as it comes: as small as a sink can be.
 *
 * @param {(record: StepRecord) => void} onRecord
 * @returns {Sink}
 */
export function liveSink(onRecord) {
  return {
    name: "live",
    write: (entry) => onRecord(entry.record),
    async flush() {},
    async close() {},
  };
}
