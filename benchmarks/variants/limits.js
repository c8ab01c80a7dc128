// @ts-check
import { appendFileSync, closeSync, openSync, writeSync } from "node:fs";
import { wire } from "../mix.js";

const BATCH_BYTES = 65_536;

/**
 * What bounds everybody: making the text, writing it, both for each record.
 *
 * @param {string} path
 * @param {string} runId
 * @param {{ limit: "stringify" | "ready" | "write" | "append" }} options
 * @returns {import("../variants.js").Recording}
 */
export function open(path, runId, { limit }) {
  const text = (/** @type {number} */ i) => `${JSON.stringify(wire(runId, i))}\n`;
  if (limit === "append") return { record: (i) => appendFileSync(path, text(i)), close() {} };
  if (limit === "stringify") {
    let length = 0;
    return {
      record(i) {
        length += text(i).length;
      },
      close: () => length,
    };
  }
  const fd = openSync(path, "a", 0o600);
  const close = () => closeSync(fd);
  if (limit === "write") return { record: (i) => writeSync(fd, text(i)), close };

  // Counts records as they would have been written, but makes no text.
  let batch = "";
  let perBatch = 0;
  for (; batch.length < BATCH_BYTES; perBatch++) batch += text(perBatch);
  const bytes = Buffer.from(batch);
  return {
    record(i) {
      if (i % perBatch === perBatch - 1) writeSync(fd, bytes);
    },
    close,
  };
}
