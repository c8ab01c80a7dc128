import { rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { type Durability, repair, verify } from "../../src/index.ts";
import { type Found, findLines } from "../check-lines.ts";
import { type Child, start, temporaryFolder } from "../child.ts";
import { cannotMount, type FileSystem, mountAt } from "./support/mounts.ts";
import { noVolatileDisk, volatileDisk } from "./support/volatile-disk.ts";

const CUTS = Number(process.env["STEP_LOG_ROUNDS"] ?? 10);
const MAX_RECORD_BYTES = 3_000;
const MAX_WAIT_MS = 100;

/** What a power cut left, and what had been acknowledged before it. */
interface Snapshot {
  readonly image: string;
  readonly log: string;
  /** For each run, the last step that its writer had said was safe. */
  readonly acknowledged: ReadonlyMap<string, number>;
}

describe.skipIf(await noVolatileDisk())(
  "the power is cut, and the disk forgets what it was not told to flush",
  { timeout: 3_600_000 },
  () => {
    for (const type of ["ext4", "xfs", "btrfs"] as const) {
      test.skipIf(cannotMount(type))(
        `${CUTS} times, ${type}, fsync: what flush had acknowledged is there, once, and the log goes on`,
        async () => {
          const { missing, acknowledged, bad } = await cutsOf(type, "fsync", {});
          console.log(
            `power cut: ${type}: ${acknowledged} acknowledged, ${missing} missing, ${bad} bad lines`,
          );
          expect(missing).toBe(0);
          expect(acknowledged).toBeGreaterThan(CUTS);
        },
      );
    }

    test.skipIf(cannotMount("ext4"))(
      "a disk that says it has flushed, and has not, loses records: this would be seen here",
      async () => {
        const { missing, acknowledged } = await cutsOf("ext4", "fsync", { lies: true });
        console.log(
          `power cut: a disk that lies: ${acknowledged} acknowledged, ${missing} missing`,
        );
        expect(missing).toBeGreaterThan(0);
      },
    );

    test.skipIf(cannotMount("ext4"))(
      "os: what the system had not yet put on the disk is lost, and the log goes on",
      async () => {
        const { missing, acknowledged } = await cutsOf("ext4", "os", {});
        console.log(`power cut: os: ${acknowledged} acknowledged, ${missing} missing`);
        expect(missing).toBeGreaterThan(0);
      },
    );
  },
);

/** Two writers of a new log in new folders, the power cut while they write, for each cut. */
async function cutsOf(
  type: Exclude<FileSystem, "tmpfs">,
  durability: Durability,
  options: { readonly lies?: boolean },
) {
  const seed = Number(process.env["STEP_LOG_SEED"] ?? Date.now() % 100_000);
  console.log(`power cut: ${type}, ${durability}, seed ${seed}`);
  const root = temporaryFolder();
  const disk = await volatileDisk(type, options);
  const snapshots: Snapshot[] = [];
  for (let i = 0; i < CUTS; i++) {
    const log = `${i}/a/log.jsonl`;
    const writers = new Map(
      ["one", "two"].map((runId) => [
        runId,
        write(join(disk.folder, log), runId, durability, seed + i),
      ]),
    );
    await Promise.all([...writers.values()].map((writer) => writer.line(isStep)));
    await sleep(((seed * (i + 1)) % 997) * (MAX_WAIT_MS / 997));
    // First what was heard, then the cut.
    const acknowledged = new Map([...writers].map(([runId, writer]) => [runId, lastStep(writer)]));
    const image = join(root, String(i));
    await disk.cut(image, seed + i);
    snapshots.push({ log, image, acknowledged });
    await Promise.all([...writers.values()].map(kill));
    rmSync(join(disk.folder, String(i)), { recursive: true });
  }
  await disk.end();
  const totals = { missing: 0, acknowledged: 0, bad: 0 };
  for (const { log, image, acknowledged } of snapshots) {
    const { steps, bad } = await inImage(type, image, log).catch((error) => {
      // What a disk that lies leaves may be no file system at all.
      if (options.lies) return { steps: new Map<string, number[]>(), bad: [] };
      throw error;
    });
    rmSync(image);
    totals.bad += bad.length;
    for (const [runId, last] of acknowledged) {
      const found = new Set(steps.get(runId));
      const missing = Array.from({ length: last + 1 }, (_, step) => step).filter(
        (step) => !found.has(step),
      );
      totals.missing += missing.length;
      totals.acknowledged += last + 1;
    }
  }
  return totals;
}

async function inImage(type: FileSystem, image: string, log: string): Promise<Found> {
  const mounted = mountAt(`${image}-mounted`, type, { image });
  const found = await lookAt(join(mounted.folder, log));
  mounted.unmount();
  return found;
}

/** What a power cut left of a log; somebody goes on with it, and it is repaired. */
async function lookAt(path: string): Promise<Found> {
  const next = write(path, "next", "fsync", 1, 20);
  expect(await next.ended, next.stderr()).toEqual({ code: 0, signal: null });
  const found = findLines(path);
  for (const [runId, steps] of found.steps)
    expect({ runId, twice: steps.length - new Set(steps).size }).toEqual({ runId, twice: 0 });
  expect(found.steps.get("next")).toEqual(Array.from({ length: 22 }, (_, step) => step));
  await repair(path);
  expect(await verify(path)).toMatchObject({ badLineCount: 0, duplicates: 0 });
  return found;
}

function write(
  path: string,
  runId: string,
  durability: Durability,
  seed: number,
  count: number = 1e9,
): Child {
  return start("flood", { path, runId, durability, count, maxBytes: MAX_RECORD_BYTES, seed });
}

function isStep(line: string): boolean {
  return /^\d+$/.test(line);
}

function lastStep({ lines }: Child): number {
  return Number(lines.filter(isStep).at(-1));
}

async function kill({ pid, ended }: Child): Promise<void> {
  process.kill(pid, "SIGKILL");
  await ended;
}
