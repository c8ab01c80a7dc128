import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { findLines } from "../check-lines.ts";
import { start, temporaryFolder } from "../child.ts";

const ROUNDS = Number(process.env["STEP_LOG_ROUNDS"] ?? 34);
const WRITERS = 3;

for (const durability of ["os", "buffered", "fsync"] as const) {
  test.concurrent(`${ROUNDS} rounds of kill -9 of ${WRITERS} writers, ${durability}: what was acknowledged is there`, async () => {
    const path = join(temporaryFolder(), "agent-steps.jsonl");
    const acknowledged = new Map<string, number>();
    const seed = Number(process.env["STEP_LOG_SEED"] ?? Date.now() % 100_000);
    console.log(`seed ${seed}`);
    let state = seed;
    for (let round = 0; round < ROUNDS; round++) {
      const writers = Array.from({ length: WRITERS }, (_, i) => {
        const runId = `run-${round}-${i}`;
        const input = {
          path,
          runId,
          durability,
          count: 1e9,
          maxBytes: 300_000,
          seed: seed + round * 10 + i,
        };
        return { runId, child: start("flood", input) };
      });
      await Promise.all(writers.map(({ child }) => child.line(() => true)));
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      await sleep((state / 2 ** 32) * 60);
      for (const { child } of writers) process.kill(child.pid, "SIGKILL");
      for (const { runId, child } of writers) {
        expect((await child.ended).signal).toBe("SIGKILL");
        acknowledged.set(runId, Number(child.lines.filter((line) => /^\d+$/.test(line)).at(-1)));
      }
    }
    // A last writer after all the stubs.
    const last = start("flood", {
      path,
      runId: "last",
      durability,
      count: 100,
      maxBytes: 1_000,
      seed,
    });
    expect((await last.ended).code).toBe(0);

    const { steps, bad } = findLines(path);
    for (const [runId, step] of acknowledged) {
      const found = steps.get(runId) ?? [];
      const expected = Array.from({ length: step + 1 }, (_, i) => i);
      const missing = expected.filter((wanted) => !found.includes(wanted));
      expect({ runId, missing, twice: found.length - new Set(found).size }).toEqual({
        runId,
        missing: [],
        twice: 0,
      });
    }
    expect(steps.get("last")).toEqual(Array.from({ length: 102 }, (_, i) => i));
    // Stubs are what is left of the killed: at most one each, each on a line of its own.
    expect(bad.length).toBeLessThanOrEqual(ROUNDS * WRITERS);
    for (const line of bad) expect(line.split('{"run_id"').length).toBeLessThanOrEqual(2);
  }, 3_600_000);
}
