import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { type Durability, verify } from "../../src/index.ts";
import { temporaryFolder } from "../child.ts";
import { besideLockWarnings } from "./support/beside-lock-warnings.ts";
import { readLogs, wrongs } from "./support/check-log.ts";
import { builtShim, type FaultControl, faultControl } from "./support/fault-control.ts";
import { startWorker } from "./support/worker.ts";

const HOUR_MS = 3_600_000;
const ROUNDS = 10;
const OPTIONS = { rotate: { maxAgeMs: 10 * HOUR_MS } };

describe.skipIf(builtShim() === undefined)("clocks", () => {
  const clocks: Readonly<Record<string, (controls: readonly FaultControl[]) => Promise<void>>> = {
    async "an hour apart"([one, , three]) {
      one?.setClock(HOUR_MS);
      three?.setClock(-HOUR_MS);
    },
    async "that jump by hours, to and fro"(controls) {
      for (let i = 0; i < 20; i++) {
        controls[i % controls.length]?.setClock((i % 2 === 0 ? 1 : -1) * (i % 5) * HOUR_MS);
        await sleep(7);
      }
    },
  };
  for (const [what, set] of Object.entries(clocks)) {
    for (const durability of ["os", "buffered", "fsync"] satisfies Durability[]) {
      test.concurrent(`three processes with clocks ${what}, ${durability}: all is there, once, and nobody waits`, async () => {
        const root = temporaryFolder();
        const controls = ["a", "b", "c"].map((name) => faultControl(mkdir(root, name)));
        const workers = await Promise.all(controls.map(({ env }) => startWorker(env)));
        for (let round = 0; round < ROUNDS; round++) {
          const folder = mkdir(root, String(round));
          const location = join(folder, "log.jsonl");
          const [ran] = await Promise.all([
            Promise.all(
              workers.map((worker, i) =>
                worker.ask({
                  do: "run",
                  location,
                  options: { durability, ...OPTIONS },
                  runIds: [`run-${i}`],
                  burst: 20,
                }),
              ),
            ),
            set(controls),
          ]);
          for (const { slowMs } of ran) expect(slowMs.filter((ms) => ms > 1_000)).toEqual([]);
          const ended = await Promise.all(workers.map((worker) => worker.ask({ do: "finish" })));
          for (const { failure } of ended) expect(failure).toBe(null);
          const steps = Object.assign({}, ...ended.map((report) => report.steps));
          expect(wrongs(readLogs(folder), steps)).toEqual([]);
          const { records, duplicates } = await verify(location);
          expect({ records, duplicates }).toEqual({
            records: Object.values(steps).flat().length,
            duplicates: 0,
          });
        }
        for (const worker of workers) {
          expect(await worker.end()).toEqual({ code: 0, signal: null });
          expect(besideLockWarnings(worker.stderr())).toBe("");
        }
      });
    }
  }
});

function mkdir(folder: string, name: string): string {
  const made = join(folder, name);
  mkdirSync(made);
  return made;
}
