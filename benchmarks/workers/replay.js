// @ts-check
// One measurement in a process of its own: opens a long run, looks things up, compares it with another.
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { fsSource } from "@step-log/fs-sink";
import { diff, Replay } from "@step-log/replay";
import { report, task } from "./task.js";

const { variant, path, records } = task();
const LOOK_UPS = 1_000;
const OTHERS = new Map([
  ["the same run again", { runId: "run-a", same: records }],
  ["every 10th step left out", { runId: "run-b", same: records * 0.9 }],
  ["nothing in common", { runId: "run-c", same: 0 }],
]);

const source = fsSource(path);
setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc");
const heap = () => {
  collect();
  return process.memoryUsage().heapUsed;
};

/**
 * @template T
 * @param {() => T} work
 */
function timed(work) {
  const startedAt = performance.now();
  const result = work();
  return { ms: performance.now() - startedAt, result };
}

/** @param {(place: number) => unknown} look Milliseconds of one of many, at places that lie far apart. */
function lookUp(look) {
  const { ms } = timed(() => {
    for (let i = 0; i < LOOK_UPS; i++) {
      if (look((i * 7919) % records) === undefined) throw new Error(`nothing at ${i}`);
    }
  });
  return ms / LOOK_UPS;
}

const before = heap();
const openedAt = performance.now();
const run = await Replay.open(source, "run-a");
const openMs = performance.now() - openedAt;
const heapMb = (heap() - before) / 1e6;
if (run.length !== records) throw new Error(`${run.length} steps of ${records}`);

const { runId = "", same } = OTHERS.get(variant) ?? {};
const other = await Replay.open(source, runId);
const atMs = lookUp((place) => run.at(place));
const findMs = lookUp(() => run.find(({ index }) => index === records - 1));
const contextMs = lookUp((place) => run.contextAt(place));
const slowestMs = timed(() => run.slowest()).ms;
const treeMs = timed(() => run.tree()).ms;
const compared = timed(() => diff(run, other));
if (compared.result.counts.same !== same) {
  throw new Error(`${compared.result.counts.same} steps are the same, ${same} were expected`);
}
report({
  openMs,
  heapMb,
  atMs,
  findMs,
  contextMs,
  slowestMs,
  treeMs,
  diffMs: compared.ms,
});
