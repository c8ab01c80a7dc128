// @ts-check
// One measurement in a process of its own: for a second, so many at a time record and wait until it is
// on the disk.
import { closeSync, fdatasync, fdatasyncSync, openSync, writeSync } from "node:fs";
import { promisify } from "node:util";
import { StepLog } from "@step-log/core";
import { fsSink } from "@step-log/fs-sink";
import { rank } from "../lib/percentiles.js";
import { record, wire } from "../mix.js";
import { report, task } from "./task.js";

const { variant, path, runId, awaiters = 1, durationMs = 1_000 } = task();

/** @typedef {{ store: (i: number) => Promise<void> | void, close: () => Promise<void> | void }} Store */

/** @returns {Store} */
function oneByOne() {
  const fd = openSync(path, "a", 0o600);
  return {
    store(i) {
      writeSync(fd, `${JSON.stringify(wire(runId, i))}\n`);
      fdatasyncSync(fd);
    },
    close: () => closeSync(fd),
  };
}

/** @returns {Store} As many as wait at a time, then one sync for all of them. */
function together() {
  const fd = openSync(path, "a", 0o600);
  const sync = promisify(fdatasync);
  /** @type {Promise<void> | undefined} */
  let synced;
  return {
    store(i) {
      writeSync(fd, `${JSON.stringify(wire(runId, i))}\n`);
      synced ??= Promise.resolve().then(() => {
        synced = undefined; // what is written from now on is not sure to be in it
        return sync(fd);
      });
      return synced;
    },
    close: () => closeSync(fd),
  };
}

/** @returns {Store} */
function stepLog() {
  const sink = fsSink(path, { durability: "fsync" });
  const log = new StepLog({ runId, sink, run: false });
  return {
    store(i) {
      record(log, i);
      return log.flush();
    },
    async close() {
      await log.close();
      await sink.close();
    },
  };
}

const STORES = { "step-log fsync": stepLog, "one by one": oneByOne, together };
const { store, close } = STORES[/** @type {keyof typeof STORES} */ (variant)]();
/** @type {number[]} */
const waits = [];
let i = 0;

/** @param {number} until */
async function goOn(until) {
  while (performance.now() < until) {
    const before = performance.now();
    await store(i++);
    waits.push(performance.now() - before);
  }
}

const startedAt = performance.now();
await Promise.all(Array.from({ length: awaiters }, () => goOn(startedAt + durationMs)));
const seconds = (performance.now() - startedAt) / 1000;
await close();
const sorted = Float64Array.from(waits).sort();
report({
  records: i,
  perSecond: i / seconds,
  p50: rank(sorted, 0.5),
  p99: rank(sorted, 0.99),
});
