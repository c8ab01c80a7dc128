import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Durability } from "../../src/index.ts";
import { temporaryFolder } from "../child.ts";
import type { Report } from "../children/fault-worker.ts";
import { readLogs, wrongs } from "./support/check-log.ts";
import { builtShim, faultControl, type Operation } from "./support/fault-control.ts";
import { startWorker } from "./support/worker.ts";

const DELAY_MS = 500;
// Of the machine: a write that takes 500 ms returns this much later at most.
const SLACK_MS = 250;

describe.skipIf(builtShim() === undefined)(`a disk takes ${DELAY_MS} ms`, () => {
  for (const durability of ["os", "buffered", "fsync"] satisfies Durability[]) {
    // "buffered" makes few writes.
    for (const from of durability === "buffered" ? [1] : [1, 8]) {
      test.concurrent(`for a write, from the ${from}th on, ${durability}: two records wait for one write each, the rest is queued`, async () => {
        const { during, after, found } = await stall({ durability }, ["write"], from, 0);
        expect(waits(during).length, String(during.slowMs)).toBeLessThanOrEqual(2);
        for (const ms of waits(during)) expect(ms).toBeLessThan(DELAY_MS + SLACK_MS);
        if (durability !== "buffered") expect(during.told).toEqual({ STALLED: 1 });
        expect(after).toMatchObject({ failure: null, pending: 0, dropped: 0 });
        expect(wrongs(found, after.steps)).toEqual([]);
      });
    }
  }

  test.concurrent("for a sync: no record waits for it", async () => {
    const { during, after, found } = await stall({ durability: "fsync" }, ["sync"], 1, 0);
    // The folder is synced when the file is made, within the first record.
    expect(waits(during).length).toBeLessThanOrEqual(1);
    expect(after).toMatchObject({ failure: null, pending: 0, dropped: 0 });
    expect(wrongs(found, after.steps)).toEqual([]);
  });

  test.concurrent("for a write, and more comes than may wait: what is dropped is told at once, counted, and written down", async () => {
    const options = { durability: "os", maxQueueBytes: 20_000 } as const;
    const { during, after, found } = await stall(options, ["write"], 1, 400);
    expect(during.told).toEqual({ STALLED: 1, QUEUE_FULL: 1 });
    expect(waits(during).length, String(during.slowMs)).toBeLessThanOrEqual(2);
    expect(during.dropped).toBeGreaterThan(0);
    expect(during.failure).toMatchObject({ lost: during.dropped });
    expect(after).toMatchObject({ failure: null, pending: 0, dropped: during.dropped });
    const recorded = Object.values(after.steps).flat().length;
    const there = [...found.steps.values()].flat();
    expect(new Set(there).size).toBe(there.length);
    expect(there.length + after.dropped).toBe(recorded);
    expect(found.toldDropped).toBe(after.dropped);
  });
});

/** The calls of `record…` that waited for the disk; others only waited for a processor. */
function waits({ slowMs }: Report): readonly number[] {
  return slowMs.filter((ms) => ms >= DELAY_MS);
}

/** A run while operations on its file take long, and its end when they do not. */
async function stall(
  options: { durability: Durability; maxQueueBytes?: number },
  operations: readonly Operation[],
  from: number,
  burst: number,
) {
  const root = temporaryFolder();
  const folder = join(root, "logs");
  mkdirSync(folder);
  const control = faultControl(root);
  const worker = await startWorker(control.env);
  control.arm({
    path: `${folder}*`,
    operations,
    action: "delay",
    delayMs: DELAY_MS,
    from,
    times: 0,
  });
  const location = join(folder, "log.jsonl");
  const during = await worker.ask({ do: "run", location, options, runIds: ["run"], burst });
  expect(control.counts().injected).toBeGreaterThan(0);
  control.disarm();
  const after = await worker.ask({ do: "finish" });
  expect(await worker.end()).toEqual({ code: 0, signal: null });
  expect(worker.stderr()).toBe("");
  return { during, after, found: readLogs(folder) };
}
