import assert from "node:assert/strict";
import { testRun } from "../../test-entry.ts";
import type { SourceCase } from "./source-case.ts";

export const leavingCases: readonly SourceCase[] = [
  {
    name: "a reading can be broken off, and the source read again",
    async run(bench) {
      const source = await bench.open(testRun("a", 2_000));
      await bench.breakOff(source.read("a"), 3);
      await bench.breakOff(source.readAll(), 1);
      await bench.expectRun(source, "a", testRun("a", 2_000));
    },
  },
  {
    name: "readings that were broken off leave nothing open",
    needs: "openHandles",
    async run(bench) {
      const source = await bench.open(testRun("a", 2_000));
      // The first reading may open what the source keeps for good.
      await bench.breakOff(source.readAll(), 1);
      const before = await bench.openHandles();
      for (let time = 0; time < 20; time++) {
        await bench.breakOff(source.read("a"), 1);
        await bench.breakOff(source.readAll(), 1);
      }
      const left = (await bench.openHandles()) - before;
      assert.ok(left <= 0, `${left} handles left open by 40 readings`);
    },
  },
  {
    name: "a reading with an aborted signal throws its reason",
    async run(bench) {
      const source = await bench.open(testRun("a", 10));
      await bench.expectAborted((options) => source.read("a", options), 0);
      await bench.expectAborted((options) => source.readAll(options), 0);
      await bench.expectAborted((options) => source.runs({}, options), 0);
    },
  },
  {
    name: "an abort in the middle ends a reading with the signal's reason",
    async run(bench) {
      const source = await bench.open(testRun("a", 2_000));
      await bench.expectAborted((options) => source.read("a", options), 5);
      await bench.expectAborted((options) => source.readAll(options), 5);
      await bench.expectRun(source, "a", testRun("a", 2_000));
    },
  },
];
