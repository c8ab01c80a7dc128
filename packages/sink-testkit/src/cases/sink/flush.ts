import assert from "node:assert/strict";
import { countedSignal } from "../../counted-signal.ts";
import { testRun } from "../../test-entry.ts";
import type { SinkCase } from "./sink-case.ts";

export const flushCases: readonly SinkCase[] = [
  {
    name: "flush with nothing written resolves",
    async run(bench) {
      await bench.flush();
      await bench.flush({});
      await Promise.all([bench.flush(), bench.flush()]);
    },
  },
  {
    name: "flush with an aborted signal rejects with ABORTED, or resolves with everything stored",
    async run(bench) {
      bench.write(...testRun("run", 100));
      const error = await bench.tryFlush({ signal: AbortSignal.abort() });
      if (error === undefined) await bench.expectStored();
      else assert.equal(error.code, "ABORTED");
      await bench.flush();
      await bench.expectStored();
    },
  },
  {
    name: "an abort stops the waiting, not the writing",
    async run(bench) {
      const controller = new AbortController();
      bench.write(...testRun("run", 100));
      const flushed = bench.tryFlush({ signal: controller.signal });
      controller.abort();
      const error = await flushed;
      if (error === undefined) await bench.expectStored();
      else assert.equal(error.code, "ABORTED");
      await bench.flush();
      await bench.expectStored();
    },
  },
  {
    name: "an abort after flush has resolved changes nothing",
    async run(bench) {
      const controller = new AbortController();
      bench.write(...testRun("run", 10));
      await bench.flush({ signal: controller.signal });
      controller.abort();
      bench.write(...testRun("run", 10, 11));
      await bench.flush();
      await bench.expectStored();
    },
  },
  {
    name: "flush takes its listeners off a signal that was not aborted",
    async run(bench) {
      const { signal, listeners } = countedSignal();
      for (let step = 1; step <= 5; step++) {
        bench.write(...testRun("run", 1, step));
        await bench.flush({ signal });
      }
      assert.equal(
        listeners(),
        0,
        "listeners left on a signal that may live as long as the process",
      );
    },
  },
];
