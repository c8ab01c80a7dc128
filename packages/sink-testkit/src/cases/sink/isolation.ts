import { interleaved } from "../../interleaved.ts";
import { testRun } from "../../test-entry.ts";
import type { SinkCase } from "./sink-case.ts";

export const isolationCases: readonly SinkCase[] = [
  {
    name: "100 runs at once are kept apart",
    async run(bench) {
      bench.write(...interleaved(runs(100, 50)));
      await bench.flush();
      await bench.expectStored();
    },
  },
  {
    name: "3,000 runs go through one sink",
    async run(bench) {
      // More than the 1,024 files that a process may have open on most systems.
      bench.write(...interleaved(runs(3_000, 3)));
      await bench.flush();
      await bench.expectStored();
    },
  },
  {
    name: "a run goes on where it stopped, after others came between",
    async run(bench) {
      for (let part = 0; part < 3; part++) {
        for (const entries of runs(20, 5)) bench.write(...entries);
        await bench.flush();
      }
      await bench.expectStored();
    },
  },
];

function runs(count: number, entries: number) {
  return Array.from({ length: count }, (_, index) => testRun(`run-${index}`, entries));
}
