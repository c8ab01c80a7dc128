import { testEntry, testRun } from "../../test-entry.ts";
import type { SinkCase } from "./sink-case.ts";

export const completenessCases: readonly SinkCase[] = [
  {
    name: "10,000 entries are stored once each",
    async run(bench) {
      bench.write(...testRun("run", 10_000));
      await bench.flush();
      await bench.expectStored();
    },
  },
  {
    name: "equal entries are stored as often as they were written",
    async run(bench) {
      const entry = testEntry({ runId: "run", step: 1 });
      bench.write(entry, entry, testEntry({ runId: "run", step: 1 }));
      await bench.flush();
      await bench.expectStored();
    },
  },
  {
    name: "what was written before a flush is stored when it resolves",
    async run(bench) {
      for (let step = 1; step <= 20; step++) {
        bench.write(...testRun("run", 5, step * 5));
        await bench.flush();
        await bench.expectStored();
      }
    },
  },
  {
    name: "what is written during a flush is stored by the next",
    async run(bench) {
      bench.write(...testRun("run", 100, 1));
      const flushed = bench.flush();
      bench.write(...testRun("run", 100, 101));
      await flushed;
      bench.write(...testRun("run", 100, 201));
      await bench.flush();
      await bench.expectStored();
    },
  },
  {
    name: "each of several flushes at once waits for what was written before it",
    async run(bench) {
      const flushes: Promise<void>[] = [];
      for (let batch = 0; batch < 10; batch++) {
        bench.write(...testRun("run", 20, batch * 20));
        flushes.push(bench.flush());
      }
      // The last one first: nothing is in flight then, so that the store can be read.
      await flushes.at(-1);
      await bench.expectStored();
      await Promise.all(flushes);
    },
  },
  {
    name: "close right after writing stores everything",
    async run(bench) {
      bench.write(...testRun("run", 1_000));
      await bench.close();
      await bench.expectStored();
    },
  },
  {
    name: "close during a flush stores everything once",
    async run(bench) {
      bench.write(...testRun("run", 500, 1));
      const flushed = bench.flush();
      bench.write(...testRun("run", 500, 501));
      await Promise.all([flushed, bench.close()]);
      await bench.expectStored();
    },
  },
];
