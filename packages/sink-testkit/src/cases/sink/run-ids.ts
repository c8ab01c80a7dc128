import assert from "node:assert/strict";
import { HOSTILE_RUN_IDS } from "../../hostile-run-ids.ts";
import { interleaved } from "../../interleaved.ts";
import { testRun } from "../../test-entry.ts";
import type { SinkCase } from "./sink-case.ts";

const runs = () => HOSTILE_RUN_IDS.map((runId) => testRun(runId, 3));

export const runIdCases: readonly SinkCase[] = [
  {
    name: "hostile run ids come back as they are, each with its own entries",
    async run(bench) {
      bench.write(...interleaved(runs()));
      await bench.flush();
      await bench.expectStored();
    },
  },
  {
    name: "hostile run ids do not lead out of the store",
    needs: ["escaped"],
    async run(bench) {
      bench.write(...runs().flat());
      await bench.close();
      assert.deepEqual(await bench.escaped(), []);
    },
  },
];
