import { existsSync, mkdirSync, rmdirSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { type Durability, type FsSinkOptions, repair, verify } from "../../src/index.ts";
import { temporaryFolder } from "../child.ts";
import { besideLockWarnings } from "./support/beside-lock-warnings.ts";
import { readLogs, wrongs } from "./support/check-log.ts";
import { builtShim, faultControl } from "./support/fault-control.ts";
import { blindWrites, holdsOf, readTrace } from "./support/trace.ts";
import { startWorker, type Worker } from "./support/worker.ts";

const WRITERS = 4;
const ROUNDS = 12;
const STALE_ROUNDS = Number(process.env["STEP_LOG_ROUNDS"] ?? 30);
const LOOK_NANOSECONDS = 1_000_000n;
const DURABILITIES = ["os", "buffered", "fsync"] satisfies Durability[];

describe.skipIf(builtShim() === undefined)("the lock, seen from the system calls", () => {
  for (const durability of DURABILITIES) {
    test.concurrent(`${WRITERS} processes at one file, ${durability}: who writes without looking has it or looked within a millisecond, and nobody takes it from another`, async () => {
      const root = temporaryFolder();
      const workers = await startTraced(root, WRITERS);
      let blind = 0;
      let holders = 0;
      for (let round = 0; round < ROUNDS; round++) {
        const { path, folder } = place(root, round);
        const steps = await writeAll(workers, path, { durability }, round);
        expect(wrongs(readLogs(folder), steps)).toEqual([]);
        const trace = readTrace(join(root, "trace"));
        const holds = holdsOf(trace, `${path}.lock`);
        expect(holds.filter(({ takenBy }) => takenBy !== undefined)).toEqual([]);
        const without = blindWrites(trace, path).filter(({ pid, began, ended, sinceLook }) => {
          blind++;
          if (sinceLook < LOOK_NANOSECONDS) return false;
          return !holds.some((hold) => hold.pid === pid && hold.from <= began && ended <= hold.to);
        });
        expect(without).toEqual([]);
        holders += new Set(holds.map(({ pid }) => pid)).size;
      }
      console.log(
        `faults: exclusion, ${durability}: ${ROUNDS} rounds, ${holders} holders, ${blind} writes without looking`,
      );
      expect(holders).toBeGreaterThan(ROUNDS);
      if (durability !== "buffered") expect(blind).toBeGreaterThan(0);
      await end(workers);
    });
  }

  test.concurrent(`${WRITERS} processes rotate one file: it is renamed only by who has the lock, and every record is there, once`, async () => {
    const root = temporaryFolder();
    const workers = await startTraced(root, WRITERS);
    let renames = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const { path, folder } = place(root, round);
      const steps = await writeAll(workers, path, { rotate: { maxBytes: 3_000 } }, round);
      expect(wrongs(readLogs(folder), steps)).toEqual([]);
      const trace = readTrace(join(root, "trace"));
      const holds = holdsOf(trace, `${path}.lock`);
      for (const call of trace) {
        if (call.operation !== "rename" || call.path !== path) continue;
        renames++;
        const holder = holds.find((hold) => hold.from <= call.began && call.ended <= hold.to);
        expect(holder?.pid, "renamed without the lock").toBe(call.pid);
      }
    }
    console.log(`faults: rotation under contention: ${ROUNDS} rounds, ${renames} files put aside`);
    expect(renames).toBeGreaterThan(ROUNDS);
    await end(workers);
  });

  // Stale locks are removed without looking whose they are by then: proper-lockfile lets two in.
  test.concurrent(`a stale lock and six processes: though two may have it, every record is there, once`, async () => {
    const root = temporaryFolder();
    const workers = await startTraced(root, 6);
    let stolen = 0;
    for (let round = 0; round < STALE_ROUNDS; round++) {
      const { path, folder } = place(root, round);
      mkdirSync(`${path}.lock`);
      const aged = Date.now() / 1000 - 3_600;
      utimesSync(`${path}.lock`, aged, aged);
      const steps = await writeAll(workers, path, {}, round);
      expect({ round, wrong: wrongs(readLogs(folder), steps) }).toEqual({ round, wrong: [] });
      const holds = holdsOf(readTrace(join(root, "trace")), `${path}.lock`);
      if (holds.some(({ takenBy }) => takenBy !== undefined)) stolen++;
    }
    console.log(
      `faults: stale lock, six processes: ${STALE_ROUNDS} rounds, in ${stolen} of them one had it taken away by another that took it for stale`,
    );
    await end(workers);
  });

  test.concurrent("a lock that is taken away from its holder again and again: every record is there, once", async () => {
    const root = temporaryFolder();
    const workers = await startTraced(root, 3);
    let taken = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const { path, folder } = place(root, round);
      let over = false;
      const thief = (async () => {
        while (!over) {
          try {
            rmdirSync(`${path}.lock`);
            taken++;
          } catch {
            // Nobody has it just now.
          }
          await sleep(3);
        }
      })();
      const steps = await writeAll(workers, path, {}, round);
      over = true;
      await thief;
      expect({ round, wrong: wrongs(readLogs(folder), steps) }).toEqual({ round, wrong: [] });
    }
    console.log(`faults: lock taken away: ${ROUNDS} rounds, ${taken} times`);
    expect(taken).toBeGreaterThan(ROUNDS);
    await end(workers);
  });

  test.concurrent("repair, again and again, while others write and leave stubs: every record is there", async () => {
    const root = temporaryFolder();
    const workers = await startTraced(root, 3);
    let repairs = 0;
    let mended = 0;
    let twice = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const { path, folder } = place(root, round);
      let over = false;
      const mender = (async () => {
        while (!over) {
          await sleep(5);
          if (!existsSync(path)) continue;
          const report = await repair(path);
          repairs++;
          mended += report.blanked;
        }
      })();
      const steps = await writeAll(workers, path, {}, round, true);
      over = true;
      await mender;
      await repair(path);
      // A record that its writer wrote again, since it was glued to a stub, repair brings back as well:
      // readers know the two by their step.
      const missing = wrongs(readLogs(folder), steps).filter((wrong) => !wrong.includes("twice"));
      const { records, duplicates, badLineCount } = await verify(path);
      const recorded = Object.values(steps).flat().length;
      expect({ round, missing, badLineCount }).toEqual({ round, missing: [], badLineCount: 0 });
      expect(records - duplicates).toBe(recorded);
      twice += duplicates;
    }
    console.log(
      `faults: repair under contention: ${repairs} repairs, ${mended} lines mended, ${twice} records brought back beside their second copies`,
    );
    expect(mended).toBeGreaterThan(0);
    await end(workers);
  });
});

function place(root: string, round: number) {
  const folder = join(root, String(round));
  mkdirSync(folder);
  return { folder, path: join(folder, "log.jsonl") };
}

function startTraced(root: string, count: number): Promise<Worker[]> {
  const { env } = faultControl(root, { file: join(root, "trace"), path: `${root}/*` });
  return Promise.all(Array.from({ length: count }, () => startWorker(env)));
}

/** Has all of them write at once; gives the steps that must be there. */
async function writeAll(
  workers: readonly Worker[],
  location: string,
  options: FsSinkOptions,
  round: number,
  stubs = false,
): Promise<Record<string, readonly number[]>> {
  const reports = await Promise.all(
    workers.map(async (worker, i) => {
      const runIds = [`run-${round}-${i}`];
      // One after the other, so that the first is alone for a while.
      await sleep(i * 40);
      await worker.ask({ do: "run", location, options, runIds, stubs, burst: 30 });
      return worker.ask({ do: "finish" });
    }),
  );
  for (const { failure, dropped } of reports)
    expect({ failure, dropped }).toEqual({ failure: null, dropped: 0 });
  return Object.assign({}, ...reports.map(({ steps }) => steps));
}

async function end(workers: readonly Worker[]): Promise<void> {
  for (const worker of workers) {
    expect(await worker.end()).toEqual({ code: 0, signal: null });
    expect(besideLockWarnings(worker.stderr())).toBe("");
  }
}
