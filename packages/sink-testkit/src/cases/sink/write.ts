import assert from "node:assert/strict";
import type { Entry } from "@step-log/core";
import { testEntry, testRun } from "../../test-entry.ts";
import type { SinkCase } from "./sink-case.ts";

export const writeCases: readonly SinkCase[] = [
  {
    name: "write returns nothing, not even a promise",
    async run(bench) {
      for (const entry of testRun("run", 10)) {
        const write: (entry: Entry) => unknown = bench.sink.write.bind(bench.sink);
        assert.equal(write(entry), undefined);
      }
      await bench.flush();
    },
  },
  {
    name: "frozen entries are taken",
    async run(bench) {
      bench.write(...testRun("run", 10).map(frozen));
      await bench.flush();
      await bench.expectStored();
    },
  },
  {
    name: "entries are left as they were",
    async run(bench) {
      const entries = Array.from({ length: 10 }, (_, index) =>
        testEntry({ runId: "run", step: index, record: { data: { deep: [{ index }] } } }),
      );
      const copies = structuredClone(entries.map(parts));
      bench.write(...entries);
      await bench.flush();
      assert.deepEqual(entries.map(parts), copies);
    },
  },
];

function parts({ runId, step, record, line }: Entry): Entry {
  return { runId, step, record, line };
}

function frozen(entry: Entry): Entry {
  Object.freeze(entry.record);
  return Object.freeze(entry);
}
