import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { type Durability, repair, verify } from "../../src/index.ts";
import { temporaryFolder } from "../child.ts";
import { until } from "../until.ts";
import { glued, readLogs, wrongs } from "./support/check-log.ts";
import {
  ALL_OPERATIONS,
  builtShim,
  type Fault,
  type FaultControl,
  faultControl,
} from "./support/fault-control.ts";
import { startWorker, type Worker } from "./support/worker.ts";

const DURABILITIES = ["os", "buffered", "fsync"] satisfies Durability[];
const MANY = 1_000;
// A lock counts as left behind after 5 s.
const BEYOND_STALE_MS = 6_000;

type Where = Pick<Fault, "operations" | "moment">;
const MOMENTS: Readonly<Record<string, Where>> = {
  "before a write": { operations: ["write"], moment: "before" },
  "in the middle of a write": { operations: ["write"], moment: "halfway" },
  "after a write": { operations: ["write"], moment: "after" },
  "after any operation": { operations: ALL_OPERATIONS, moment: "after" },
};

describe.skipIf(builtShim() === undefined)("for k = 1, 2, 3, …, at the k-th time", () => {
  for (const [moment, where] of Object.entries(MOMENTS)) {
    for (const durability of DURABILITIES) {
      test.concurrent(`a process is killed ${moment}, ${durability}: what it was told is safe is there, the next one writes on, repair makes it a clean file`, async () => {
        const root = temporaryFolder();
        const survivor = await startWorker(faultControl(mkdir(root, "survivor")).env);
        let k = 1;
        for (; k < MANY; k++) {
          const folder = mkdir(root, String(k));
          const control = faultControl(mkdir(folder, "control"));
          const victim = await startWorker(control.env);
          const run = {
            location: join(folder, "log.jsonl"),
            options: { durability },
            stubs: false,
          };
          control.arm({ ...where, action: "kill", path: `${run.location}*`, from: k });
          const asked = await victim
            .ask({ do: "run", ...run, runIds: ["victim"] })
            .catch(() => undefined);
          if (asked !== undefined) {
            await victim.end();
            break; // there is no k-th one
          }
          expect(await victim.ended).toEqual({ code: null, signal: "SIGKILL" });
          await survivor.ask({ do: "run", ...run, runIds: ["survivor"] });
          const { failure, steps } = await survivor.ask({ do: "finish" });
          const expected = { ...victim.acknowledged(), ...steps };
          const found = readLogs(folder);
          const wrong = [...wrongs(found, expected), ...glued(found)];
          expect({ k, failure, wrong }).toEqual({ k, failure: null, wrong: [] });
          expect(found.bad.length).toBeLessThanOrEqual(1);
          await repair(run.location);
          const { records, badLineCount } = await verify(run.location);
          const there = [...found.steps.values()].flat().length;
          expect({ k, records, badLineCount }).toEqual({ k, records: there, badLineCount: 0 });
        }
        await survivor.end();
        console.log(`faults: killed ${moment}, ${durability}: ${k - 1} kills`);
        expect(k).toBeGreaterThan(1);
      });

      test.concurrent(`a process is stopped ${moment}, ${durability}, another writes meanwhile: all of both is there, once`, async () => {
        const root = temporaryFolder();
        const control = faultControl(root);
        const stopped = await startWorker(control.env);
        const other = await startWorker(faultControl(mkdir(root, "other")).env);
        let k = 1;
        for (; k < MANY; k++) {
          const folder = mkdir(root, String(k));
          const location = join(folder, "log.jsonl");
          control.arm({ ...where, action: "stop", path: `${location}*`, from: k });
          const wrong = await stopAndGo(control, stopped, other, location, durability, 0);
          if (control.counts().injected === 0) break;
          expect({ k, wrong }).toEqual({ k, wrong: [] });
        }
        await expectHealthy(stopped, other);
        console.log(`faults: stopped ${moment}, ${durability}: ${k - 1} stops`);
        expect(k).toBeGreaterThan(1);
      });
    }
  }

  // What is done at the 12th write: written without looking, with the lock.
  for (const durability of DURABILITIES) {
    test.concurrent(`a process is stopped in a write for longer than its lock is valid, ${durability}: all is there, once`, async () => {
      const root = temporaryFolder();
      const control = faultControl(root);
      const stopped = await startWorker(control.env);
      const other = await startWorker(faultControl(mkdir(root, "other")).env);
      const location = join(mkdir(root, "logs"), "log.jsonl");
      // "buffered" has it from the first on, and may make no other.
      const from = durability === "buffered" ? 1 : 12;
      control.arm({
        operations: ["write"],
        action: "stop",
        moment: "halfway",
        path: location,
        from,
      });
      const wrong = await stopAndGo(control, stopped, other, location, durability, BEYOND_STALE_MS);
      expect(wrong).toEqual([]);
      expect(control.counts().injected).toBe(1);
      await expectHealthy(stopped, other);
    });
  }
});

/** Runs one writer until it stops, the other to its end, and the first to its end; says what is wrong. */
async function stopAndGo(
  control: FaultControl,
  stopped: Worker,
  other: Worker,
  location: string,
  durability: Durability,
  stopMs: number,
): Promise<string[]> {
  const run = { location, options: { durability } };
  let over = false;
  const ran = stopped.ask({ do: "run", ...run, runIds: ["stopped"] }).then(() => {
    over = true;
  });
  await until(() => over || stateOf(stopped.pid) === "T");
  const from = performance.now();
  const expected: Record<string, readonly number[]> = {};
  do {
    await other.ask({ do: "run", ...run, runIds: [`other-${performance.now()}`] });
    const { failure, steps } = await other.ask({ do: "finish" });
    if (failure !== null) return [`the other failed: ${JSON.stringify(failure)}`];
    Object.assign(expected, steps);
  } while (!over && performance.now() - from < stopMs && (await sleep(100, true)));
  control.disarm();
  process.kill(stopped.pid, "SIGCONT");
  await ran;
  const { failure, steps } = await stopped.ask({ do: "finish" });
  if (failure !== null) return [`the stopped one failed: ${JSON.stringify(failure)}`];
  return wrongs(readLogs(join(location, "..")), { ...expected, ...steps });
}

async function expectHealthy(...workers: readonly Worker[]): Promise<void> {
  for (const worker of workers) {
    expect(await worker.end()).toEqual({ code: 0, signal: null });
    expect(worker.stderr()).toBe("");
  }
}

/** The state of a process, `T` when it is stopped. */
function stateOf(pid: number): string | undefined {
  return / ([A-Za-z]) /.exec(readFileSync(`/proc/${pid}/stat`, "utf8").replace(/^.*\)/, ""))?.[1];
}

function mkdir(folder: string, name: string): string {
  const made = join(folder, name);
  mkdirSync(made);
  return made;
}
