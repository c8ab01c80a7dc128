import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { afterAll, beforeEach, describe, expect, test, vi } from "vitest";
import {
  type RunEndRecord,
  recordIssues,
  type StepRecord,
  type Summary,
  summarize,
  summaryToWire,
} from "../../packages/core/src/index.ts";
import { type Durability, fsSink, fsSource } from "../../packages/fs-sink/src/index.ts";
import { skipWithoutData } from "./data-folder.ts";
import { expectedRecords } from "./expected-records.ts";
import { recordRuns } from "./record-runs.ts";
import { SOURCES } from "./sources.ts";

const folder = mkdtempSync(join(tmpdir(), "step-log-real-"));
afterAll(() => rmSync(folder, { recursive: true }));
vi.setConfig({ testTimeout: 60_000 });
beforeEach(skipWithoutData);

const PLACES: readonly (readonly [form: string, location: string])[] = [
  ["a file", "agent-steps.jsonl"],
  ["a folder", "logs/"],
];
const DURABILITIES: readonly Durability[] = ["os", "buffered"];
// What a busy machine makes a sink tell, and no record suffers from.
const WAITS: ReadonlySet<string> = new Set(["LOCK_BUSY", "STALLED"]);
const CASES = PLACES.flatMap(([form, name]) =>
  DURABILITIES.map((durability) => ({ form, name, durability })),
);

describe.each(SOURCES)("the runs of %s", (source, read) => {
  test.for(CASES)(
    "are read back as they went in, from $form with durability $durability",
    async ({ name, durability }) => {
      const location = join(mkdtempSync(join(folder, `${source.slice(0, 3)}-`)), name);
      const runs = read();
      const problems: string[] = [];
      const sink = fsSink(location, { durability, onError: ({ code }) => problems.push(code) });
      const logs = recordRuns(runs, sink, { redact: false });
      const before = logs.map((log) => log.summarize());
      for (const log of logs) await log.close();
      await sink.close();
      const after = logs.map((log) => log.summarize());
      const recorded = logs.reduce((total, log) => total + log.stats().recorded, 0);
      expect(sink.stats?.()).toMatchObject({ written: recorded, pending: 0, dropped: 0 });
      expect(problems.filter((code) => !WAITS.has(code))).toEqual([]);
      expect(logs.map((log) => log.stats().truncated)).toEqual(logs.map(() => 0));

      const records = await readAll(location);
      expect(records).toHaveLength(recorded);
      expect(records.flatMap(recordIssues)).toEqual([]);
      expect(isDeepStrictEqual(records.toSorted(byRun), plainly(location).toSorted(byRun))).toBe(
        true,
      );
      runs.forEach((run, i) => {
        const own = records.filter((record) => record.run_id === run.runId);
        const end = own.pop() as RunEndRecord;
        expectSame(own.map(withoutTime), expectedRecords(run));
        expect(end).toMatchObject({ type: "run_end", step: run.steps.length + 1, status: "ok" });
        expectSame([end.summary], [wire(before[i] && { ...before[i], status: "ok" })]);
        expectSame([summarize([...own, end])], [after[i]]);
      });
      // Reading one run of a shared file goes through all of it, so not each of 200.
      for (const { runId } of runs.filter((_, i) => i % 50 === 0)) {
        const one: unknown[] = [];
        for await (const record of fsSource(location).read(runId)) one.push(record);
        expectSame(
          one,
          plainly(location).filter((record) => record.run_id === runId),
        );
      }
      expect(await idsOf(location)).toEqual(runs.map(({ runId }) => runId).toSorted());
    },
  );
});

async function readAll(location: string): Promise<StepRecord[]> {
  const records: StepRecord[] = [];
  for await (const item of fsSource(location, { mode: "strict" }).readAll()) {
    records.push(item as StepRecord);
  }
  return records;
}

async function idsOf(location: string): Promise<string[]> {
  const ids: string[] = [];
  for await (const { runId } of fsSource(location).runs()) ids.push(runId);
  return ids.toSorted();
}

/** The records of a file or a folder, without a reader of ours. */
function plainly(location: string): StepRecord[] {
  const files = statSync(location).isFile()
    ? [location]
    : readdirSync(location)
        .filter((name) => name.endsWith(".jsonl"))
        .map((name) => join(location, name));
  return files.flatMap((file) => {
    const lines = readFileSync(file, "utf8").split("\n");
    expect(lines.pop()).toBe("");
    return lines.map((line) => JSON.parse(line));
  });
}

/** By run; a sort is stable, so the steps of a run stay as they stand. */
function byRun(a: StepRecord, b: StepRecord): number {
  return a.run_id < b.run_id ? -1 : Number(a.run_id > b.run_id);
}

function withoutTime(record: StepRecord): object {
  const { ts, ...rest } = record;
  expect(Math.abs(Date.now() / 1000 - ts)).toBeLessThan(60);
  if (rest.type !== "run_start") return rest;
  const { runtime, ...header } = rest;
  expect(runtime).toMatchObject({ pid: process.pid });
  return header;
}

function wire(summary: Summary | undefined): unknown {
  return summary && summaryToWire(summary);
}

/** As `toEqual`, item by item and only where they differ: a diff of megabytes is of no use. */
function expectSame(got: readonly unknown[], expected: readonly unknown[]): void {
  expect(got).toHaveLength(expected.length);
  got.forEach((item, i) => {
    const [a, b] = [JSON.parse(JSON.stringify(item)), JSON.parse(JSON.stringify(expected[i]))];
    if (!isDeepStrictEqual(a, b)) expect(a).toEqual(b);
  });
}
