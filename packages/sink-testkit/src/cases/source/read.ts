import { HOSTILE_RUN_IDS } from "../../hostile-run-ids.ts";
import { interleaved } from "../../interleaved.ts";
import { testEntry, testRun } from "../../test-entry.ts";
import type { SourceCase } from "./source-case.ts";

export const readCases: readonly SourceCase[] = [
  {
    name: "read gives the records of a run in the order of writing",
    async run(bench) {
      const steps = [0, 5, 2, 2, 9, 1].map((step, index) =>
        testEntry({ runId: "a", step, record: { data: index } }),
      );
      const source = await bench.open([...steps, ...testRun("a", 2_000, 10)]);
      await bench.expectRun(source, "a", [...steps, ...testRun("a", 2_000, 10)]);
    },
  },
  {
    name: "read gives the records of that run alone",
    async run(bench) {
      const runs = ["a", "b", "ab"].map((runId) => testRun(runId, 50));
      const source = await bench.open(interleaved(runs));
      await bench.expectRun(source, "b", testRun("b", 50));
    },
  },
  {
    name: "read of an unknown run gives nothing",
    async run(bench) {
      const source = await bench.open(testRun("a", 3));
      await bench.expectRun(source, "unknown", []);
    },
  },
  {
    name: "read finds hostile run ids",
    async run(bench) {
      const source = await bench.open(HOSTILE_RUN_IDS.flatMap((runId) => testRun(runId, 2)));
      for (const runId of HOSTILE_RUN_IDS) await bench.expectRun(source, runId, testRun(runId, 2));
    },
  },
  {
    name: "readAll gives everything, each run in its order",
    async run(bench) {
      const entries = interleaved(["a", "b", "c"].map((runId) => testRun(runId, 300)));
      await bench.expectAll(await bench.open(entries), entries);
    },
  },
  {
    name: "readAll of an empty store gives nothing",
    async run(bench) {
      await bench.expectAll(await bench.open([]), []);
    },
  },
  {
    name: "two readings at once do not disturb each other",
    async run(bench) {
      const entries = interleaved(["a", "b"].map((runId) => testRun(runId, 200)));
      const source = await bench.open(entries);
      await Promise.all([
        bench.expectRun(source, "a", testRun("a", 200)),
        bench.expectRun(source, "b", testRun("b", 200)),
        bench.expectAll(source, entries),
      ]);
    },
  },
  {
    name: "types and keys that are not known pass through",
    async run(bench) {
      const entries = [
        testEntry({ runId: "a", step: 1, record: { type: "a_type_of_tomorrow", data: [{}] } }),
        testEntry({ runId: "a", step: 2, record: { key_of_tomorrow: { nested: [1, null] } } }),
      ];
      await bench.expectRun(await bench.open(entries), "a", entries);
    },
  },
  {
    name: "records of every size and script are read as they are",
    async run(bench) {
      // Characters of two, three and four bytes, so that some lie across the edge of any chunk.
      const entries = [1, 10, 1_000, 30_000, 300_000, 3].map((length, step) =>
        testEntry({ runId: "a", step, record: { data: "aé☕🛫\u2028\0\n".repeat(length) } }),
      );
      await bench.expectRun(await bench.open(entries), "a", entries);
    },
  },
];
