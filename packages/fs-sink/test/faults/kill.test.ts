import { rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { type Durability, repair, verify } from "../../src/index.ts";
import { findLines } from "../check-lines.ts";
import { type Child, start, temporaryFolder } from "../child.ts";

const ROUNDS = Number(process.env["STEP_LOG_ROUNDS"] ?? 34);
const WRITERS = 3;
// 10 to 50 MB a round.
const ROUNDS_PER_FILE = 5;
const MAX_RECORD_BYTES = 300_000;

interface Victim {
  readonly runId: string;
  readonly child: Child;
}

for (const durability of ["os", "buffered", "fsync"] as const) {
  test.concurrent(`${ROUNDS} rounds of kill -9 of ${WRITERS} writers, ${durability}: what was acknowledged is there`, async () => {
    const seed = Number(process.env["STEP_LOG_SEED"] ?? Date.now() % 100_000);
    console.log(`kill: ${durability}, seed ${seed}`);
    const folder = temporaryFolder();
    const totals = { rounds: 0, kills: 0, acknowledged: 0, records: 0, stubs: 0, glued: 0 };
    let state = seed;
    while (totals.rounds < ROUNDS) {
      const path = join(folder, `agent-steps-${totals.rounds}.jsonl`);
      const acknowledged = new Map<string, number>();
      for (let i = 0; i < ROUNDS_PER_FILE && totals.rounds < ROUNDS; i++) {
        const victims = startVictims(path, durability, totals.rounds++, seed);
        await Promise.all(victims.map(({ child }) => child.line(() => true)));
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        await sleep((state / 2 ** 32) * 60);
        for (const { child } of victims) process.kill(child.pid, "SIGKILL");
        for (const { runId, child } of victims) {
          expect((await child.ended).signal).toBe("SIGKILL");
          acknowledged.set(runId, Number(child.lines.filter((line) => /^\d+$/.test(line)).at(-1)));
          totals.kills++;
        }
      }
      const { records, stubs, glued } = await expectAll(path, durability, acknowledged, seed);
      totals.records += records;
      totals.stubs += stubs;
      totals.glued += glued;
      for (const step of acknowledged.values()) totals.acknowledged += step + 1;
      rmSync(path);
      rmSync(`${path}.torn`, { force: true });
    }
    console.log(`kill: ${durability}: ${JSON.stringify(totals)}`);
  }, 36_000_000);
}

/** Writers of one file, which tell what is safe until they are killed. */
function startVictims(path: string, durability: Durability, round: number, seed: number): Victim[] {
  return Array.from({ length: WRITERS }, (_, i) => {
    const runId = `run-${round}-${i}`;
    const input = {
      path,
      runId,
      durability,
      count: 1e9,
      maxBytes: MAX_RECORD_BYTES,
      seed: seed + round * 10 + i,
    };
    return { runId, child: start("flood", input) };
  });
}

/** Has a last writer write after all the stubs, and makes sure that the file holds what it must. */
async function expectAll(
  path: string,
  durability: Durability,
  acknowledged: ReadonlyMap<string, number>,
  seed: number,
): Promise<{ records: number; stubs: number; glued: number }> {
  const last = start("flood", {
    path,
    runId: "last",
    durability,
    count: 100,
    maxBytes: 1_000,
    seed,
  });
  expect(await last.ended, last.stderr()).toEqual({ code: 0, signal: null });

  const { steps, bad } = findLines(path);
  let records = 0;
  for (const [runId, found] of steps) {
    const unique = new Set(found);
    const upTo = runId === "last" ? 101 : (acknowledged.get(runId) ?? 0);
    const missing = Array.from({ length: upTo + 1 }, (_, i) => i).filter((i) => !unique.has(i));
    const twice = found.length - unique.size;
    expect({ seed, runId, missing, twice }).toEqual({ seed, runId, missing: [], twice: 0 });
    records += found.length;
  }
  expect([...steps.keys()].sort()).toEqual([...acknowledged.keys(), "last"].sort());
  // Stubs are what is left of the killed: at most one each. Two stand on one line where a writer waited
  // in the kernel for the write of another to end, and both were killed there: neither was acknowledged.
  expect(bad.length).toBeLessThanOrEqual(acknowledged.size);
  const glued = bad.filter((line) => line.split('{"run_id"').length > 2);
  const found = await verify(path);
  const { gluedCount, duplicates } = found;
  expect({ records: found.records, bad: found.badLineCount, duplicates }).toEqual({
    records,
    bad: bad.length,
    duplicates: 0,
  });
  expect(gluedCount).toBeLessThanOrEqual(glued.length);
  await repair(path);
  const { records: after, badLineCount, duplicates: twice } = await verify(path);
  expect({ after, badLineCount, twice }).toEqual({
    after: records + gluedCount,
    badLineCount: 0,
    twice: 0,
  });
  for (const line of glued) console.log(`kill: glued, seed ${seed}: ${partsOf(line)}`);
  return { records, stubs: bad.length, glued: glued.length };
}

/** The beginnings of the records in a line, and their sizes. */
function partsOf(line: string): string {
  const parts = line.split(/(?=\{"run_id")/);
  return parts.map((part) => `${part.slice(0, 50)}… (${part.length})`).join(" + ");
}
