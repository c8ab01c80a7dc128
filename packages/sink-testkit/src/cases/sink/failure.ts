import assert from "node:assert/strict";
import type { Entry } from "@step-log/core";
import { expectKept } from "../../expect-kept.ts";
import { interleaved } from "../../interleaved.ts";
import { lossesOf, withoutLossRecords } from "../../loss-records.ts";
import type { SinkBench } from "../../sink-bench.ts";
import { testEntry, testRun } from "../../test-entry.ts";
import type { SinkCase } from "./sink-case.ts";

export const failureCases: readonly SinkCase[] = [
  {
    name: "write does not throw while the store fails",
    needs: ["faults"],
    async run(bench) {
      await bench.breakStore();
      bench.write(...testRun("run", 100));
      await bench.tryFlush({ signal: bench.patience() });
      bench.write(...testRun("run", 100, 101));
    },
  },
  {
    name: "flush rejects while the store fails, and counts what is not stored",
    needs: ["faults"],
    async run(bench) {
      bench.write(...testRun("run", 5));
      await bench.flush();
      await bench.breakStore();
      bench.write(...testRun("run", 10, 6));
      const error = await bench.tryFlush({ signal: bench.patience() });
      assert.ok(error !== undefined, "flush resolved though nothing could be stored");
      assert.equal(error.lost + error.pending, 10, `of ${error}: lost + pending`);
    },
  },
  {
    name: "flush of a failing store ends with ABORTED or the loss soon after its signal",
    needs: ["faults"],
    async run(bench) {
      await bench.breakStore();
      bench.write(...testRun("run", 10));
      const error = await bench.tryFlush({ signal: AbortSignal.abort() });
      assert.ok(error !== undefined, "flush resolved though nothing could be stored");
    },
  },
  {
    name: "what was written while the store failed is stored once and in order, or counted as lost",
    needs: ["faults"],
    async run(bench) {
      bench.write(...testRun("run", 10));
      await bench.flush();
      const lost = await writeWhileBroken(bench, testRun("run", 10, 11));
      bench.write(...testRun("run", 10, 21));
      await expectAccounted(bench, lost);
    },
  },
  {
    name: "accounts are right after the store failed time and again",
    needs: ["faults"],
    async run(bench) {
      let lost = 0;
      for (let round = 1; round <= 4; round++) {
        const runs = ["a", "b"].map((runId) => testRun(runId, round * 5, round * 100));
        lost += await writeWhileBroken(bench, interleaved(runs));
        bench.write(...testRun("a", 5, round * 100 + 50));
        lost += await lossOfFlush(bench);
      }
      await expectAccounted(bench, lost);
    },
  },
  {
    name: "a store that fails during a flush and comes back loses nothing uncounted",
    needs: ["faults"],
    async run(bench) {
      bench.write(...testRun("run", 50));
      const first = bench.tryFlush();
      await bench.breakStore();
      bench.write(...testRun("run", 50, 51));
      await bench.mendStore();
      const lost = (await first)?.lost ?? 0;
      await expectAccounted(bench, lost);
    },
  },
  {
    name: "close of a failing store ends with its signal",
    needs: ["faults"],
    async run(bench) {
      await bench.breakStore();
      bench.write(...testRun("run", 10));
      const error = await bench.tryClose({ signal: bench.patience() });
      assert.ok(error !== undefined, "close resolved though nothing could be stored");
      assert.equal(error.lost + error.pending, 10, `of ${error}: lost + pending`);
    },
  },
  {
    name: "a close that was given up goes on when the store is back",
    needs: ["faults"],
    async run(bench) {
      bench.write(...testRun("run", 10));
      await bench.breakStore();
      const first = await bench.tryClose({ signal: bench.patience() });
      await bench.mendStore();
      const second = await bench.tryClose();
      const stored = withoutLossRecords(await bench.stored());
      expectKept(stored, bench.given);
      const missing = bench.given.length - stored.length;
      const told = [first?.lost ?? 0, second?.lost ?? 0] as const;
      // The second may tell all that was lost, or what came to it after the first.
      const fits = Math.max(...told) === missing || told[0] + told[1] === missing;
      assert.ok(fits, `${missing} are not stored, and close told ${told.join(" and ")} as lost`);
    },
  },
];

/** Writes entries to the broken store, gives the sink time to try, and mends it; returns the loss. */
async function writeWhileBroken(bench: SinkBench, entries: readonly Entry[]): Promise<number> {
  await bench.breakStore();
  bench.write(...entries);
  const error = await bench.tryFlush({ signal: bench.patience() });
  await bench.mendStore();
  return error?.lost ?? 0;
}

async function lossOfFlush(bench: SinkBench): Promise<number> {
  return (await bench.tryFlush())?.lost ?? 0;
}

/** Asserts that each entry is stored or lost, and that whoever says how many agrees. */
async function expectAccounted(bench: SinkBench, lostBefore: number): Promise<void> {
  let lost = lostBefore + (await lossOfFlush(bench));
  // A sink may tell of its losses in the log itself, at the latest with the next entry.
  bench.write(testEntry({ runId: "last", step: 1 }));
  lost += await lossOfFlush(bench);
  const all = await bench.stored();
  const stored = withoutLossRecords(all);
  expectKept(stored, bench.given);
  const missing = bench.given.length - stored.length;
  assert.equal(lost, missing, "lost, as told by flush");
  const stats = bench.sink.stats?.();
  if (stats !== undefined) {
    assert.equal(stats.dropped, missing, "stats().dropped");
    assert.equal(stats.pending, 0, "stats().pending");
  }
  const recorded = lossesOf(all);
  if (recorded.size > 0) {
    const sum = [...recorded.values()].reduce((left, right) => left + right);
    assert.equal(sum, missing, "entries counted by log_dropped records");
  }
}
