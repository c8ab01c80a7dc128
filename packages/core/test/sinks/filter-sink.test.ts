import { describe, expect, test, vi } from "vitest";
import { filterSink, memorySink, sampleSink, uuidV7 } from "../../src/index.ts";
import { broken, entry, sinkWith } from "../entries.ts";

describe("filterSink", () => {
  test("passes on the entries that are wanted", () => {
    const inner = memorySink();
    const sink = filterSink(inner, ({ step }) => step % 2 === 0);
    for (const step of [1, 2, 3, 4]) sink.write(entry("a", step));
    expect(inner.records().map(({ step }) => step)).toEqual([2, 4]);
  });

  test("passes on what it is not told about, since keep throws", () => {
    const inner = memorySink();
    filterSink(inner, broken).write(entry("a", 1));
    expect(inner.lines).toHaveLength(1);
  });

  test("has the other members of the inner sink, also of one that is a class", async () => {
    class Counting {
      readonly name = "counting";
      calls: string[] = [];
      write(): void {
        this.calls.push("write");
      }
      async flush(): Promise<void> {
        this.calls.push("flush");
      }
      async close(): Promise<void> {
        this.calls.push("close");
      }
      flushSync(): void {
        this.calls.push("flushSync");
      }
      stats() {
        return { written: this.calls.length, pending: 0, pendingBytes: 0, dropped: 0 };
      }
      onError() {
        return () => this.calls.push("stop");
      }
      lastStep(): number {
        return this.calls.length;
      }
    }
    const inner = new Counting();
    const sink = filterSink(inner, () => true);
    expect(sink.name).toBe("filter(counting)");
    sink.write(entry("a", 1));
    await sink.flush();
    sink.flushSync?.();
    sink.onError?.(() => {})();
    await sink.close();
    expect(inner.calls).toEqual(["write", "flush", "flushSync", "stop", "close"]);
    expect([sink.stats?.().written, sink.lastStep?.("a")]).toEqual([5, 5]);
  });

  test("has no optional member that the inner sink has not", () => {
    const { name, write, flush, close } = memorySink();
    const sink = filterSink({ name, write, flush, close }, () => true);
    expect(Object.keys(sink).sort()).toEqual(["close", "flush", "name", "write"]);
  });

  test("hands on options and arguments", async () => {
    const flush = vi.fn(async () => {});
    const close = vi.fn(async () => {});
    const stats = vi.fn();
    const sink = filterSink(sinkWith({ flush, close, stats }), () => true);
    const { signal } = new AbortController();
    await sink.flush({ signal });
    await sink.close({ signal });
    sink.stats?.("a");
    expect([flush.mock.calls, close.mock.calls, stats.mock.calls]).toEqual([
      [[{ signal }]],
      [[{ signal }]],
      [["a"]],
    ]);
  });
});

describe("sampleSink", () => {
  const kept = (rate: number, runIds: readonly string[]) => {
    const inner = memorySink();
    const sink = sampleSink(inner, rate);
    for (const step of [0, 1, 2]) for (const runId of runIds) sink.write(entry(runId, step));
    const steps = new Map<string, number>();
    for (const { run_id } of inner.records()) steps.set(run_id, (steps.get(run_id) ?? 0) + 1);
    return steps;
  };
  const ids: [string, string[]][] = [
    ["UUIDs", Array.from({ length: 5000 }, uuidV7)],
    ["numbers in order", Array.from({ length: 5000 }, (_, i) => `run-${i}`)],
    ["single characters", Array.from({ length: 5000 }, (_, i) => String.fromCharCode(0x4e00 + i))],
  ];

  test.each(ids)("keeps about as many runs as asked, whatever their ids: %s", (_, runIds) => {
    for (const rate of [0.01, 0.1, 0.5, 0.9]) {
      // Five standard deviations of a fair choice: it fails once in two million times.
      const tolerance = 5 * Math.sqrt((rate * (1 - rate)) / runIds.length);
      expect(Math.abs(kept(rate, runIds).size / runIds.length - rate)).toBeLessThan(tolerance);
    }
  });

  test("keeps a run whole or not at all", () => {
    const runs = kept(0.5, ids[1]?.[1] ?? []);
    expect(new Set(runs.values())).toEqual(new Set([3]));
  });

  test("keeps the same runs at every rate above, in every process", () => {
    const runIds = ["run-0", "run-1", "run-2", "run-3", "run-4", "run-5", "run-6", "run-7"];
    const few = [...kept(0.3, runIds).keys()];
    expect([...kept(0.6, runIds).keys()]).toEqual(expect.arrayContaining(few));
    // Written down, since another version must agree with this one.
    expect(few).toEqual(["run-0", "run-5"]);
  });

  test("keeps all at 1 and none at 0", () => {
    expect([kept(1, ["a", "", "b"]).size, kept(0, ["a", "", "b"]).size]).toEqual([3, 0]);
  });
});
