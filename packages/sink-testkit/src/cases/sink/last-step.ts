import assert from "node:assert/strict";
import { testEntry } from "../../test-entry.ts";
import type { SinkCase } from "./sink-case.ts";

export const lastStepCases: readonly SinkCase[] = [
  {
    name: "lastStep tells the highest step of a run, not the latest",
    needs: ["lastStep"],
    async run(bench) {
      for (const step of [1, 3, 2]) bench.write(testEntry({ runId: "run", step }));
      bench.write(testEntry({ runId: "other", step: 7 }));
      await bench.flush();
      assert.equal(bench.sink.lastStep?.("run"), 3);
      assert.equal(bench.sink.lastStep?.("other"), 7);
    },
  },
  {
    name: "lastStep knows nothing of a run that the store does not hold",
    needs: ["lastStep"],
    async run(bench) {
      bench.write(testEntry({ runId: "run", step: 1 }));
      await bench.flush();
      assert.equal(bench.sink.lastStep?.("unknown"), undefined);
    },
  },
];
