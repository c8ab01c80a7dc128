import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../child.ts";
import type { Report } from "../children/fault-worker.ts";
import { readLogs } from "./support/check-log.ts";
import { builtShim, faultControl } from "./support/fault-control.ts";
import { startWorker, type Worker } from "./support/worker.ts";

const PLACES = {
  "a file": (folder: string) => join(folder, "log.jsonl"),
  "a folder": (folder: string) => `${folder}/`,
};

describe.skipIf(builtShim() === undefined)("fdatasync fails", () => {
  for (const [place, locationIn] of Object.entries(PLACES)) {
    test.concurrent(`once, ${place}: flush, onError, stats and the log tell the same loss, and what comes later is safe`, async () => {
      const { control, worker, folder } = await begin();
      control.arm({ ...SYNC_FAILS, path: `${folder}*.jsonl`, times: 1 });
      const during = await worker.ask(runsAt(locationIn(folder)));
      control.disarm();
      // Of a file, both runs are in it; of a folder, one run has a file whose sync failed.
      expect(during.failure).toEqual({ code: "SYNC_FAILED", lost: during.dropped, pending: 0 });
      expect(during.told).toEqual({ SYNC_FAILED: 1 });
      expect(during.dropped).toBeGreaterThan(0);
      const after = await worker.ask({ do: "finish" });
      expect(after).toMatchObject({ failure: null, pending: 0, dropped: during.dropped });
      expect(after.written + after.dropped).toBe(recordedBy(after));
      expect(readLogs(folder).toldDropped).toBe(during.dropped);
      await expectHealthy(worker);
    });

    test.concurrent(`from then on, ${place}: each loss is told once, and no flush is well that has something to sync`, async () => {
      const { control, worker, folder } = await begin();
      control.arm({ ...SYNC_FAILS, path: `${folder}*.jsonl`, times: 0 });
      const during = await worker.ask(runsAt(locationIn(folder)));
      expect(during.failure).toMatchObject({ code: "SYNC_FAILED", pending: 0 });
      expect(during.failure?.lost).toBe(during.dropped);
      expect(during).toMatchObject({ written: 0, dropped: recordedBy(during) });
      // Nothing is left that could be synced: the first flush of these is well, the last is not.
      const after = await worker.ask({ do: "finish" });
      control.disarm();
      expect(after.failure).toMatchObject({ code: "SYNC_FAILED" });
      expect(after).toMatchObject({ written: 0, dropped: recordedBy(after) });
      await expectHealthy(worker);
      const found = readLogs(folder);
      expect(found.toldDropped).toBe(after.dropped);
      // The kernel has them, as it happens; none was written again, which could have it there twice.
      for (const [runId, steps] of Object.entries(after.steps))
        expect(found.steps.get(runId)).toEqual(steps);
    });
  }
});

const SYNC_FAILS = { operations: ["sync"], action: "fail", error: "EIO" } as const;

async function begin() {
  const root = temporaryFolder();
  const folder = join(root, "logs");
  mkdirSync(folder);
  const control = faultControl(root);
  return { control, folder, worker: await startWorker(control.env) };
}

function runsAt(location: string) {
  const options = { durability: "fsync" } as const;
  return { do: "run", location, options, runIds: ["first", "second"] } as const;
}

function recordedBy({ steps }: Report): number {
  return Object.values(steps).flat().length;
}

async function expectHealthy(worker: Worker): Promise<void> {
  expect(await worker.end()).toEqual({ code: 0, signal: null });
  expect(worker.stderr()).toBe("");
}
