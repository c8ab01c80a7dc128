import assert from "node:assert/strict";
import type { SinkStats } from "@step-log/core";
import type { SinkBench } from "../../sink-bench.ts";
import { testEntry, testRun } from "../../test-entry.ts";
import type { SinkCase } from "./sink-case.ts";

export const statsCases: readonly SinkCase[] = [
  {
    name: "stats begins with zeros",
    needs: ["stats"],
    async run(bench) {
      assert.deepEqual(counts(bench), { written: 0, pending: 0, pendingBytes: 0, dropped: 0 });
    },
  },
  {
    name: "stats has every entry as written, pending or dropped at any time",
    needs: ["stats"],
    async run(bench) {
      for (const entry of testRun("run", 100)) {
        bench.write(entry);
        expectSum(bench);
      }
      const flushed = bench.flush();
      expectSum(bench);
      await flushed;
      expectSum(bench);
    },
  },
  {
    name: "stats has nothing pending after a flush",
    needs: ["stats"],
    async run(bench) {
      bench.write(...testRun("run", 100));
      await bench.flush();
      assert.deepEqual(counts(bench), { written: 100, pending: 0, pendingBytes: 0, dropped: 0 });
    },
  },
  {
    name: "stats counts an entry that was written after close as dropped",
    needs: ["stats"],
    async run(bench) {
      bench.write(...testRun("run", 3));
      await bench.close();
      for (const late of [1, 2, 3]) {
        bench.sink.write(testEntry({ runId: "late", step: late }));
        assert.equal(counts(bench).dropped, late);
      }
      assert.equal(counts(bench).written, 3);
    },
  },
  {
    name: "stats of a run has the dropped entries of that run alone",
    needs: ["stats"],
    async run(bench) {
      bench.write(...testRun("other", 3));
      await bench.close();
      bench.sink.write(testEntry({ runId: "late", step: 1 }));
      bench.sink.write(testEntry({ runId: "late", step: 2 }));
      const dropped = ["late", "other", "unknown"].map((runId) => counts(bench, runId).dropped);
      assert.deepEqual(dropped, [2, 0, 0]);
    },
  },
];

function counts(bench: SinkBench, runId?: string): SinkStats {
  const stats = bench.sink.stats?.(runId);
  assert.ok(stats !== undefined);
  const { written, pending, pendingBytes, dropped } = stats;
  return { written, pending, pendingBytes, dropped };
}

function expectSum(bench: SinkBench): void {
  const { written, pending, dropped } = counts(bench);
  assert.equal(written + pending + dropped, bench.given.length, "written + pending + dropped");
}
