// @ts-check
import { setImmediate as nextTurn } from "node:timers/promises";

const TURN = 1_000;

/**
 * Records as fast as it can, with a turn of the event loop after each 1,000, until all are written.
 *
 * @param {import("../variants.js").Recording} recording
 * @param {number} count
 */
export async function runFlood(recording, count) {
  for (let i = 0; i < count; i++) {
    recording.record(i);
    if (i % TURN === TURN - 1) await nextTurn();
  }
  await recording.close();
}
