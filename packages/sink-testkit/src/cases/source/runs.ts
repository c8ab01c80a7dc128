import assert from "node:assert/strict";
import type { Entry } from "@step-log/core";
import { HOSTILE_RUN_IDS } from "../../hostile-run-ids.ts";
import { interleaved } from "../../interleaved.ts";
import { testEntry, testRun } from "../../test-entry.ts";
import type { SourceCase } from "./source-case.ts";

export const runsCases: readonly SourceCase[] = [
  {
    name: "runs lists each run once",
    async run(bench) {
      const ids = ["a", "b", "c"];
      const source = await bench.open(interleaved(ids.map((runId) => testRun(runId, 20))));
      assert.deepEqual(await idsOf(bench.runs(source)), ids);
    },
  },
  {
    name: "runs of an empty store is empty",
    async run(bench) {
      assert.deepEqual(await idsOf(bench.runs(await bench.open([]))), []);
    },
  },
  {
    name: "runs lists hostile run ids as they are",
    async run(bench) {
      const source = await bench.open(HOSTILE_RUN_IDS.flatMap((runId) => testRun(runId, 1)));
      assert.deepEqual(await idsOf(bench.runs(source)), [...HOSTILE_RUN_IDS].sort());
    },
  },
  {
    name: "runs since a time have a record then or later",
    async run(bench) {
      const source = await bench.open(timed);
      assert.deepEqual(await idsOf(bench.runs(source, { since: at(400) })), ["late", "long"]);
      assert.deepEqual(await idsOf(bench.runs(source, { since: at(400.5) })), ["long"]);
      assert.deepEqual(await idsOf(bench.runs(source, { since: at(501) })), []);
    },
  },
  {
    name: "runs until a time have a record before it",
    async run(bench) {
      const source = await bench.open(timed);
      assert.deepEqual(await idsOf(bench.runs(source, { until: at(300) })), ["early", "long"]);
      assert.deepEqual(await idsOf(bench.runs(source, { until: at(100.5) })), ["early"]);
      assert.deepEqual(await idsOf(bench.runs(source, { until: at(100) })), []);
    },
  },
  {
    name: "runs since and until a time have a record between",
    async run(bench) {
      const source = await bench.open([
        ...timed,
        entryAt("latest", 1, 600),
        entryAt("latest", 2, 700),
      ]);
      const between = (since: number, until: number) =>
        idsOf(bench.runs(source, { since: at(since), until: at(until) }));
      assert.deepEqual(await between(290, 310), ["late", "long"]);
      assert.deepEqual(await between(450, 550), ["long"]);
      assert.deepEqual(await between(800, 900), []);
    },
  },
  {
    name: "a run that is listed with its start has that of its first record",
    async run(bench) {
      const source = await bench.open(timed);
      for (const { runId, startedAt } of await bench.runs(source)) {
        if (startedAt === undefined) continue;
        const first = timed.find((entry) => entry.runId === runId);
        assert.equal(startedAt, first?.record.ts, `startedAt of ${runId}`);
      }
    },
  },
];

/** Unix seconds of a moment in the test's own time, which lies in the past: 20 May 2024, 00:00 UTC. */
function at(seconds: number): number {
  return 1_716_163_200 + seconds;
}

const timed: readonly Entry[] = [
  entryAt("early", 1, 100),
  entryAt("long", 1, 150),
  entryAt("early", 2, 200),
  entryAt("late", 1, 300),
  entryAt("long", 2, 300),
  entryAt("late", 2, 400),
  entryAt("long", 3, 500),
];

function entryAt(runId: string, step: number, seconds: number): Entry {
  return testEntry({ runId, step, record: { ts: at(seconds) } });
}

async function idsOf(runs: Promise<readonly { readonly runId: string }[]>): Promise<string[]> {
  return (await runs).map(({ runId }) => runId);
}
