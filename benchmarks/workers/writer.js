// @ts-check
// One of several processes that write to one file: says when it is ready, floods when it is told to.
import { once } from "node:events";
import { writeSync } from "node:fs";
import { setImmediate as nextTurn } from "node:timers/promises";
import { openVariant } from "../variants.js";
import { report, task } from "./task.js";

const TURN = 1_000;
const { variant, path, runId, records } = task();

/** @param {import("../variants.js").Recording} recording */
async function flood(recording, count = records) {
  for (let i = 0; i < count; i++) {
    recording.record(i);
    if (i % TURN === TURN - 1) await nextTurn();
  }
  await recording.close();
}

await flood(await openVariant(variant, `${path}.${runId}.warm-up`, runId), Math.ceil(records / 5));
const recording = await openVariant(variant, path, runId);
writeSync(1, "ready\n");
await once(process.stdin, "data");
// On the clock that all processes share.
const startedAt = performance.timeOrigin + performance.now();
await flood(recording);
report({ startedAt, endedAt: performance.timeOrigin + performance.now() });
