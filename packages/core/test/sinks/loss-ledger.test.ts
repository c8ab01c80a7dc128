import { expect, test } from "vitest";
import { lossLedger, recordIssues } from "../../src/index.ts";
import { entry } from "../entries.ts";

test("a new ledger owes nothing", () => {
  const losses = lossLedger();
  expect([losses.owing, losses.count(), losses.take()]).toEqual([false, 0, []]);
});

test("losses are counted for each run, and together", () => {
  const losses = lossLedger();
  for (const runId of ["a", "b", "a"]) losses.add(entry(runId, 1), "QUEUE_FULL");
  expect([losses.count("a"), losses.count("b"), losses.count("c"), losses.count()]).toEqual([
    2, 1, 0, 3,
  ]);
});

test("one record is owed for each run and reason, with the last step and the bytes in UTF-8", () => {
  const losses = lossLedger();
  const lost = [entry("a", 1, "€"), entry("a", 3), entry("b", 7)];
  for (const one of lost) losses.add(one, "QUEUE_FULL");
  losses.add(entry("a", 4), "CLOSED");
  const size = (...entries: { line: string }[]) =>
    Buffer.byteLength(entries.map(({ line }) => line).join(""));
  expect(losses.owing).toBe(true);
  expect(losses.take().map(({ record }) => record)).toEqual([
    expect.objectContaining({
      run_id: "a",
      step: 3,
      type: "log_dropped",
      count: 2,
      reason: "QUEUE_FULL",
      bytes: size(...lost.slice(0, 2)),
    }),
    expect.objectContaining({
      run_id: "b",
      step: 7,
      count: 1,
      reason: "QUEUE_FULL",
      bytes: size(entry("b", 7)),
    }),
    expect.objectContaining({ run_id: "a", step: 4, count: 1, reason: "CLOSED" }),
  ]);
});

test("entries that were let go of are booked together, beside others of their run", () => {
  const losses = lossLedger();
  losses.add(entry("a", 1), "QUEUE_FULL");
  losses.addMany({ runId: "a", step: 9, count: 5, bytes: 700 }, "QUEUE_FULL");
  losses.addMany({ runId: "b", step: 2, count: 2, bytes: 80, writer: "w" }, "CLOSED");
  expect([losses.count("a"), losses.count("b"), losses.count()]).toEqual([6, 2, 8]);
  const bytes = 700 + Buffer.byteLength(entry("a", 1).line);
  expect(losses.take().map(({ record }) => record)).toEqual([
    expect.objectContaining({ run_id: "a", step: 9, count: 6, bytes, reason: "QUEUE_FULL" }),
    expect.objectContaining({ run_id: "b", step: 2, count: 2, bytes: 80, writer: "w" }),
  ]);
});

test("what was taken is owed no more, and stays counted", () => {
  const losses = lossLedger();
  losses.add(entry("a", 1), "QUEUE_FULL");
  losses.take();
  expect([losses.owing, losses.take(), losses.count("a")]).toEqual([false, [], 1]);
  losses.add(entry("a", 2), "QUEUE_FULL");
  expect(losses.take().map(({ record }) => record)).toMatchObject([{ count: 1, step: 2 }]);
});

test("entries are valid, their lines those of their records, with nothing in them to be escaped", () => {
  const losses = lossLedger();
  losses.add(entry("a\u202e\ud800\x85", 1), "QUEUE_FULL");
  for (const { runId, step, record, line } of losses.take()) {
    expect(recordIssues(record)).toEqual([]);
    expect({ runId, step }).toEqual({ runId: "a\u202e\ud800\x85", step: 1 });
    expect(line).toContain('"run_id":"a\\u202e\ufffd\\u0085"');
    expect(line.endsWith("}\n")).toBe(true);
  }
});

test("beyond 10,000 runs, losses are counted together", () => {
  const losses = lossLedger();
  for (let run = 0; run < 10_100; run++) losses.add(entry(`run-${run}`, 1), "QUEUE_FULL");
  losses.add(entry("run-0", 2), "QUEUE_FULL");
  expect([losses.count(), losses.count("run-0"), losses.count("run-10050")]).toEqual([
    10_101, 2, 0,
  ]);
  const taken = losses.take();
  expect(taken).toHaveLength(10_001);
  expect(taken.at(-1)).toMatchObject({ runId: "(other runs)", record: { count: 100 } });
});
