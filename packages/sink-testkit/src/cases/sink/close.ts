import assert from "node:assert/strict";
import { lateEntryTold } from "../../late-entry.ts";
import { testEntry, testRun } from "../../test-entry.ts";
import type { SinkCase } from "./sink-case.ts";

export const closeCases: readonly SinkCase[] = [
  {
    name: "close with nothing written resolves",
    async run(bench) {
      await bench.close();
    },
  },
  {
    name: "close gives the same result however often it is called",
    async run(bench) {
      bench.write(...testRun("run", 100));
      await Promise.all([bench.close(), bench.close()]);
      await bench.close();
      await bench.expectStored();
    },
  },
  {
    name: "close with an aborted signal loses nothing",
    async run(bench) {
      bench.write(...testRun("run", 100));
      const error = await bench.tryClose({ signal: AbortSignal.abort() });
      if (error !== undefined) assert.equal(error.code, "ABORTED");
      await bench.close();
      await bench.expectStored();
    },
  },
  {
    name: "flush after close resolves",
    async run(bench) {
      bench.write(...testRun("run", 10));
      await bench.close();
      await bench.flush();
      await bench.expectStored();
    },
  },
  {
    name: "write after close does not throw",
    async run(bench) {
      await bench.close();
      bench.sink.write(testEntry({ runId: "run", step: 1 }));
    },
  },
  {
    name: "an entry written after close is not stored",
    async run(bench) {
      bench.write(...testRun("run", 3));
      await bench.close();
      bench.sink.write(testEntry({ runId: "run", step: 4 }));
      await bench.tryFlush();
      await bench.tryClose();
      await bench.expectStored();
    },
  },
  {
    name: "an entry written after close is told as lost, by stats, by onError or by flush",
    async run(bench) {
      bench.write(...testRun("run", 3));
      await bench.close();
      assert.ok(await lateEntryTold(bench), "the entry was lost without a word");
    },
  },
];
