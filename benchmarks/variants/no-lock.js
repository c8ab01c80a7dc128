// @ts-check
import { closeSync, openSync, writeSync } from "node:fs";
import { StepLog } from "@step-log/core";
import { record } from "../mix.js";

const BATCH_BYTES = 65_536;
const BATCH_MS = 10;

/**
 * step-log over a sink that only appends with `O_APPEND`: no lock, no look at what others left, no
 * retry, nothing at exit. What the difference to fs-sink costs is what those cost.
 *
 * @param {string} path
 * @param {string} runId
 * @param {{ durability: "os" | "buffered" }} options
 * @returns {import("../variants.js").Recording}
 */
export function open(path, runId, { durability }) {
  const sink = appendingSink(path, durability);
  const log = new StepLog({ runId, sink, run: false });
  return {
    record: (i) => record(log, i),
    async close() {
      await log.close();
      await sink.close();
    },
  };
}

/**
 * @param {string} path
 * @param {"os" | "buffered"} durability
 * @returns {import("@step-log/core").Sink}
 */
function appendingSink(path, durability) {
  const fd = openSync(path, "a", 0o600);
  const bytes = Buffer.allocUnsafe(2 * BATCH_BYTES);
  let length = 0;
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  const drain = () => {
    clearTimeout(timer);
    timer = undefined;
    if (length > 0) writeSync(fd, bytes, 0, length);
    length = 0;
  };
  return {
    name: "append",
    write(entry) {
      const line = entry.bytes ?? Buffer.from(entry.line);
      bytes.set(line, length);
      length += line.length;
      if (durability === "os" || length >= BATCH_BYTES) drain();
      else timer ??= setTimeout(drain, BATCH_MS);
    },
    async flush() {
      drain();
    },
    async close() {
      drain();
      closeSync(fd);
    },
  };
}
