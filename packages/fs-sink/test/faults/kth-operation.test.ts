import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type Durability, type FsSinkOptions, verify } from "../../src/index.ts";
import { temporaryFolder } from "../child.ts";
import type { Report } from "../children/fault-worker.ts";
import { glued, readLogs, wrongs } from "./support/check-log.ts";
import { ALL_OPERATIONS, builtShim, type Fault, faultControl } from "./support/fault-control.ts";
import { startWorker, type Worker } from "./support/worker.ts";

const DURABILITIES = ["os", "buffered", "fsync"] satisfies Durability[];

/** What fails; `stubs` of writers that were killed are in the file, and come into it. */
type Failing = Pick<Fault, "action" | "operations" | "error"> & {
  readonly stubs?: boolean;
  readonly atMost?: number;
};
const FAULTS: Readonly<Record<string, Failing>> = {
  "a write, ENOSPC": { action: "fail", operations: ["write"], error: "ENOSPC" },
  "a write, EIO": { action: "fail", operations: ["write"], error: "EIO" },
  "a write, EDQUOT": { action: "fail", operations: ["write"], error: "EDQUOT" },
  // For ever it would be tried again for ever, by libuv.
  "a write, EINTR": { action: "fail", operations: ["write"], error: "EINTR", atMost: 20 },
  "a write, EAGAIN": { action: "fail", operations: ["write"], error: "EAGAIN" },
  "a write in its middle, ENOSPC": { action: "half", operations: ["write"], error: "ENOSPC" },
  "a write in its middle, without an error": { action: "half", operations: ["write"] },
  "a sync, EIO": { action: "fail", operations: ["sync"], error: "EIO" },
  "an open, EMFILE": { action: "fail", operations: ["open"], error: "EMFILE" },
  "a stat, EIO": { action: "fail", operations: ["stat"], error: "EIO" },
  "a read, EIO": { action: "fail", operations: ["read"], error: "EIO", stubs: true },
  "a change of a folder, EROFS": {
    action: "fail",
    operations: ["open", "mkdir", "rmdir", "unlink", "rename", "utimes", "chmod"],
    error: "EROFS",
  },
  "anything, EIO": { action: "fail", operations: ALL_OPERATIONS, error: "EIO" },
};
const PLACES = {
  "a file": (folder: string) => join(folder, "log.jsonl"),
  "a folder": (folder: string) => `${folder}/`,
};
// More operations than one run has.
const MANY = 1_000;

interface Case {
  readonly failing: Failing;
  /** 1 is once, 0 is from then on until it is mended. */
  readonly times: number;
  readonly durability: Durability;
  readonly place: keyof typeof PLACES;
  readonly writers: number;
}

const WHERE = [
  { place: "a file", writers: 1 },
  { place: "a folder", writers: 1 },
  { place: "a file", writers: 2 },
] as const;

describe.skipIf(builtShim() === undefined)("for k = 1, 2, 3, …, the k-th operation fails", () => {
  describe.each(Object.entries(FAULTS))("%s", (name, failing) => {
    const syncs = failing.operations.length === 1 && failing.operations[0] === "sync";
    for (const times of [1, failing.atMost ?? 0]) {
      for (const durability of syncs ? (["fsync"] as const) : DURABILITIES) {
        for (const where of WHERE) {
          const { place, writers } = where;
          const title = `${times === 1 ? "once" : times === 0 ? "until it is mended" : `${times} times`}, ${durability}, ${place}, ${writers} writing`;
          test.concurrent(title, async () => {
            const it = { failing, times, durability, ...where };
            const { wrong, runs, injected } = await sweep(it);
            console.log(`faults: ${name}, ${title}: ${runs} runs, ${injected} faults`);
            expect(wrong).toEqual([]);
            expect(injected).toBeGreaterThan(0);
          });
        }
      }
    }
  });
});

async function sweep({ failing, times, durability, place, writers: count }: Case) {
  const { stubs = false, atMost: _, ...fault } = failing;
  const root = temporaryFolder();
  const control = faultControl(root);
  const writers = await Promise.all(range(count).map(() => startWorker(control.env)));
  const wrong: string[] = [];
  let injected = 0;
  let k = 1;
  for (; k < MANY; k++) {
    const folder = join(root, String(k));
    mkdirSync(folder);
    const location = PLACES[place](folder);
    control.arm({ ...fault, path: `${folder}*`, from: k, times });
    const note = (found: readonly string[]) => wrong.push(...found.map((it) => `k = ${k}: ${it}`));
    const run = { location, options: { durability }, stubs };
    note(await runThrough(writers, folder, run, control.disarm));
    injected += control.counts().injected;
    if (control.counts().matched < k) break; // there is no k-th one
  }
  for (const writer of writers) {
    expect(await writer.end()).toEqual({ code: 0, signal: null });
    expect(writer.stderr()).toBe("");
  }
  return { wrong, runs: k * count, injected };
}

/** One run of each writer while the fault is armed, and its end when it is not; says what is wrong. */
async function runThrough(
  writers: readonly Worker[],
  folder: string,
  run: { location: string; options: FsSinkOptions; stubs: boolean },
  mend: () => void,
): Promise<string[]> {
  const wrong: string[] = [];
  const during = await Promise.all(
    writers.map((worker, i) => {
      const runIds = run.location.endsWith("/") ? [`a-${i}`, `b-${i}`] : [`run-${i}`];
      return worker.ask({ do: "run", ...run, runIds });
    }),
  );
  const meanwhile = readLogs(folder);
  for (const { steps, failure, written, pending, dropped, told } of during) {
    const ofRuns = Object.keys(steps);
    const found = ofRuns.flatMap((runId) => [...new Set(meanwhile.steps.get(runId))]).length;
    const recorded = Object.values(steps).flat().length;
    // While the file cannot be read, flush tells lines as pending that were written, but not seen there.
    if (found + (failure?.pending ?? 0) < written)
      wrong.push(`${written} were said to be written, ${found} are`);
    if (written + pending + dropped !== recorded)
      wrong.push(`${recorded} recorded, but ${written} written, ${pending} pending`);
    if (failure === null && found < recorded) wrong.push("flush resolved, and some are missing");
    if (failure !== null && Object.keys(told).length === 0) wrong.push("nothing was told");
    if (failure !== null && failure.pending === 0 && failure.lost === 0)
      wrong.push("flush rejected, and nothing was pending or lost");
  }
  mend();
  const after = await Promise.all(writers.map((worker) => worker.ask({ do: "finish" })));
  const found = readLogs(folder);
  const steps: Report["steps"] = Object.assign({}, ...after.map((report) => report.steps));
  wrong.push(...wrongs(found, steps));
  // Behind a half line that another has just left, a line may stand glued; it is then written again.
  if (writers.length === 1 && !run.stubs) wrong.push(...glued(found));
  for (const { failure, pending, dropped, told } of after) {
    // What a sync that failed may have taken along stays lost.
    const mayLose = told["SYNC_FAILED"] !== undefined;
    if (failure !== null || pending > 0 || (dropped > 0 && !mayLose))
      wrong.push(`not well when the disk is: ${JSON.stringify({ failure, pending, dropped })}`);
  }
  const dropped = after.reduce((sum, report) => sum + report.dropped, 0);
  if (found.toldDropped !== dropped)
    wrong.push(`${dropped} dropped, the log tells of ${found.toldDropped}`);
  const { records, droppedCount } = await verify(run.location);
  const expected = Object.values(steps).flat().length + found.droppedLines;
  if (records !== expected) wrong.push(`verify finds ${records} records, not ${expected}`);
  if (droppedCount !== dropped) wrong.push(`verify finds ${droppedCount} dropped, not ${dropped}`);
  return wrong;
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}
