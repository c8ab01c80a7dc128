import { testRun } from "../../test-entry.ts";
import type { SinkCase } from "./sink-case.ts";

export const flushSyncCases: readonly SinkCase[] = [
  {
    name: "flushSync leaves everything stored",
    needs: ["flushSync"],
    async run(bench) {
      bench.write(...testRun("run", 1_000));
      bench.sink.flushSync?.();
      await bench.expectStored();
    },
  },
  {
    name: "flushSync during a flush stores nothing twice",
    needs: ["flushSync"],
    async run(bench) {
      bench.write(...testRun("run", 100));
      const flushed = bench.flush();
      bench.write(...testRun("run", 100, 101));
      bench.sink.flushSync?.();
      bench.write(...testRun("run", 100, 201));
      await flushed;
      await bench.flush();
      await bench.expectStored();
    },
  },
  {
    name: "flushSync does nothing when there is nothing to do",
    needs: ["flushSync"],
    async run(bench) {
      bench.sink.flushSync?.();
      bench.write(...testRun("run", 10));
      await bench.close();
      bench.sink.flushSync?.();
      await bench.expectStored();
    },
  },
];
