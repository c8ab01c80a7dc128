import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { StepLog } from "@step-log/core";
import { expect, test } from "vitest";
import { type Durability, fsSink } from "../../src/index.ts";
import { temporaryFolder } from "../child.ts";
import { newPath, recordsIn, stepsIn } from "../open-log.ts";

test.each(["os", "buffered", "fsync"] satisfies Durability[])(
  "two sinks on one file write in the order of recording, %s",
  async (durability) => {
    const path = newPath();
    const sinks = [fsSink(path, { durability }), fsSink(pathToFileURL(path), { durability })];
    const logs = sinks.map((sink, i) => new StepLog({ runId: `run-${i}`, sink, run: false }));
    for (let i = 0; i < 200; i++) {
      for (const log of logs) log.recordEvent("turn");
      if (i % 20 === 0) await sleep(1);
    }
    for (const sink of sinks) await sink.close();
    const turns = recordsIn(path).map(({ run_id, step }) => `${run_id} ${step}`);
    expect(turns).toEqual(
      Array.from({ length: 200 }, (_, i) => [`run-0 ${i + 1}`, `run-1 ${i + 1}`]).flat(),
    );
  },
);

test("a record of a sink that is os is in the file at once, behind those that wait of one that is buffered", async () => {
  const path = newPath();
  const buffered = fsSink(path, { durability: "buffered" });
  const os = fsSink(path, { durability: "os" });
  const [early, late] = [buffered, os].map(
    (sink, i) => new StepLog({ runId: `run-${i}`, sink, run: false }),
  );
  early?.recordEvent("waits");
  late?.recordEvent("at once");
  expect(recordsIn(path).map(({ run_id }) => run_id)).toEqual(["run-0", "run-1"]);
  await buffered.close();
  await os.close();
});

test("when one sink is closed, the other goes on; the last one leaves nothing but the log", async () => {
  const path = newPath();
  const [one, other] = [fsSink(path), fsSink(path)];
  const [first, second] = [one, other].map(
    (sink, i) => new StepLog({ runId: `run-${i}`, sink, run: false }),
  );
  first?.recordEvent("one");
  await one.close();
  second?.recordEvent("other");
  first?.recordEvent("too late");
  await other.close();
  expect(recordsIn(path).map(({ run_id }) => run_id)).toEqual(["run-0", "run-1"]);
  expect([one.stats?.().dropped, other.stats?.().dropped]).toEqual([1, 0]);
  expect(readdirSync(dirname(path))).toEqual(["agent-steps.jsonl"]);
});

test("what is written once is counted once, when a run that others share ends and goes on", async () => {
  const folder = `${temporaryFolder()}/`;
  const [one, other] = [fsSink(folder), fsSink(folder)];
  const keeper = new StepLog({ runId: "run", sink: other, run: false });
  keeper.recordEvent("keeps the file open");
  for (let round = 1; round <= 5; round++) {
    const log = new StepLog({ runId: "run", sink: one });
    log.end();
    expect(one.stats?.()).toMatchObject({ written: 2 * round, pending: 0, dropped: 0 });
  }
  await one.close();
  await other.close();
  expect(stepsIn(join(folder, "run.jsonl"))).toHaveLength(11);
});
