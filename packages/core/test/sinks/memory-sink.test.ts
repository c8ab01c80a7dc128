import { describe, expect, test } from "vitest";
import { memorySink, StepLog } from "../../src/index.ts";
import { entry } from "../entries.ts";

/** Everything that an iteration gives. */
async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

test("keeps the lines as they were written, oldest first", () => {
  const sink = memorySink();
  const entries = [entry("a", 2), entry("b", 1), entry("a", 1)];
  for (const one of entries) sink.write(one);
  expect(sink.lines).toEqual(entries.map(({ line }) => line));
});

test("gives records of its own, all or those of a run", () => {
  const sink = memorySink();
  const given = entry("a", 1);
  for (const one of [given, entry("b", 1), entry("a", 2)]) sink.write(one);
  expect(sink.records().map(({ run_id, step }) => [run_id, step])).toEqual([
    ["a", 1],
    ["b", 1],
    ["a", 2],
  ]);
  expect(sink.records("a").map(({ step }) => step)).toEqual([1, 2]);
  expect(sink.records("c")).toEqual([]);
  expect(sink.records("a")[0]).toEqual(given.record);
  expect(sink.records("a")[0]).not.toBe(given.record);
});

test("with maxEntries the oldest make room, and count as written", () => {
  const sink = memorySink({ maxEntries: 2 });
  for (const step of [1, 2, 3]) sink.write(entry("a", step));
  expect(sink.records().map(({ step }) => step)).toEqual([2, 3]);
  expect(sink.stats?.()).toEqual({ written: 3, pending: 0, pendingBytes: 0, dropped: 0 });
});

describe("after close", () => {
  test("an entry is dropped, counted for its run, and told by the next flush, once", async () => {
    const sink = memorySink();
    sink.write(entry("a", 1));
    await sink.close();
    sink.write(entry("a", 2));
    sink.write(entry("a", 3));
    expect(sink.lines).toHaveLength(1);
    expect([sink.stats?.("a").dropped, sink.stats?.("b").dropped, sink.stats?.().dropped]).toEqual([
      2, 0, 2,
    ]);
    await expect(sink.flush()).rejects.toMatchObject({ code: "CLOSED", lost: 2 });
    await expect(sink.flush()).resolves.toBeUndefined();
  });
});

test("knows the last step of a run, and nothing of another", () => {
  const sink = memorySink();
  for (const step of [1, 3, 2]) sink.write(entry("a", step));
  expect([sink.lastStep?.("a"), sink.lastStep?.("b")]).toEqual([3, undefined]);
});

describe("as a source", () => {
  const sink = memorySink();
  const written = [entry("a", 10), entry("b", 20), entry("a", 30)];
  for (const one of written) sink.write(one);

  test("reads a run, or everything as it lies", async () => {
    expect(await all(sink.read("a"))).toEqual([written[0]?.record, written[2]?.record]);
    expect(await all(sink.readAll())).toEqual(written.map(({ record }) => record));
  });

  test("lists the runs with where and when they began", async () => {
    expect(await all(sink.runs())).toEqual([
      { runId: "a", startedAt: 10, location: "memory" },
      { runId: "b", startedAt: 20, location: "memory" },
    ]);
  });

  test.each([
    ["from a time on", { since: 20 }, ["a", "b"]],
    ["before a time", { until: 20 }, ["a"]],
    ["between times, where one record lies", { since: 25, until: 31 }, ["a"]],
    ["between times, where a run has none but around", { since: 11, until: 19 }, []],
    ["from the time of a record, up to it but without it", { since: 20, until: 30 }, ["b"]],
  ])("lists the runs that have a record %s", async (_, filter, runIds) => {
    expect((await all(sink.runs(filter))).map(({ runId }) => runId)).toEqual(runIds);
  });

  test("a signal ends a reading with its reason", async () => {
    const controller = new AbortController();
    const reason = new Error("enough");
    const seen: unknown[] = [];
    const reading = (async () => {
      for await (const record of sink.readAll({ signal: controller.signal })) {
        seen.push(record);
        controller.abort(reason);
      }
    })();
    await expect(reading).rejects.toBe(reason);
    expect(seen).toHaveLength(1);
    await expect(all(sink.read("a", { signal: controller.signal }))).rejects.toBe(reason);
    await expect(all(sink.runs({}, { signal: controller.signal }))).rejects.toBe(reason);
  });
});

test("serves any number of logs at once", () => {
  const sink = memorySink();
  const logs = Array.from({ length: 10 }, (_, i) => new StepLog({ runId: `run-${i}`, sink }));
  for (const log of logs) log.recordEvent("e");
  for (const log of logs) log.recordEvent("e");
  for (const { runId } of logs)
    expect(sink.records(runId).map(({ step }) => step)).toEqual([0, 1, 2]);
});
