import { describe, expect, test, vi } from "vitest";
import { memorySink, type Sink, type SinkStats, StepLogError, teeSink } from "../../src/index.ts";
import { broken, entry, sinkWith } from "../entries.ts";

const telling = (stats: Partial<SinkStats>): Sink =>
  sinkWith({ stats: () => ({ written: 0, pending: 0, pendingBytes: 0, dropped: 0, ...stats }) });

test("each sink gets every entry, the very same", () => {
  const heard: unknown[][] = [[], []];
  const tee = teeSink(...heard.map((list) => sinkWith({ write: (one) => list.push(one) })));
  const entries = [entry("a", 1), entry("a", 2)];
  for (const one of entries) tee.write(one);
  expect(heard).toEqual([entries, entries]);
  expect(heard[0]?.[0]).toBe(entries[0]);
});

describe("a sink that throws from write", () => {
  const tee = () => {
    const healthy = memorySink();
    return {
      healthy,
      sink: teeSink(sinkWith({ name: "bad", write: broken, stats: broken }), healthy),
    };
  };

  test("keeps no entry from the others", () => {
    const { healthy, sink } = tee();
    sink.onError?.(() => {});
    expect(() => sink.write(entry("a", 1))).not.toThrow();
    expect(healthy.lines).toHaveLength(1);
  });

  test("is told of, and counted as dropped in its run", () => {
    const { sink } = tee();
    const heard: StepLogError[] = [];
    sink.onError?.((error) => heard.push(error));
    sink.write(entry("a", 1));
    sink.write(entry("b", 1));
    expect(heard).toEqual([
      expect.objectContaining({
        code: "SINK_FAILED",
        lost: 1,
        message: "sink bad threw; a sink must not",
      }),
      expect.objectContaining({ code: "SINK_FAILED" }),
    ]);
    expect([sink.stats?.("a"), sink.stats?.("c"), sink.stats?.()]).toMatchObject([
      { dropped: 1 },
      { dropped: 0 },
      { written: 0, dropped: 2 },
    ]);
  });

  test("makes the next flush reject with what it lost, once", async () => {
    const { sink } = tee();
    sink.onError?.(() => {});
    sink.write(entry("a", 1));
    sink.write(entry("a", 2));
    await expect(sink.flush()).rejects.toMatchObject({ code: "SINK_FAILED", lost: 2 });
    await expect(sink.flush()).resolves.toBeUndefined();
  });
});

describe("a sink that fails otherwise stops none of the others", () => {
  test.each(["flush", "close"] as const)("in %s", async (member) => {
    const done = vi.fn(async () => {});
    for (const fail of [broken, () => Promise.reject(new Error("broken"))]) {
      const sink = teeSink(sinkWith({ [member]: fail }), sinkWith({ [member]: done }));
      await expect(sink[member]()).rejects.toThrow("broken");
    }
    expect(done).toHaveBeenCalledTimes(2);
  });

  test("in flushSync", () => {
    const flushSync = vi.fn();
    teeSink(sinkWith({ flushSync: broken }), sinkWith({ flushSync })).flushSync?.();
    expect(flushSync).toHaveBeenCalledOnce();
  });

  test("in lastStep and onError", () => {
    const heard = vi.fn();
    const onError: Sink["onError"] = (listener) => {
      listener(new StepLogError("WRITE_FAILED", "e"));
      return broken;
    };
    const sink = teeSink(
      sinkWith({ lastStep: broken, onError: broken }),
      sinkWith({ lastStep: () => 7, onError }),
    );
    expect(sink.lastStep?.("a")).toBe(7);
    const stop = sink.onError?.(heard);
    expect(heard).toHaveBeenCalledOnce();
    expect(stop).not.toThrow();
  });
});

test("a sink without the optional members is passed over", async () => {
  const { name, write, flush, close } = memorySink();
  const sink = teeSink({ name, write, flush, close }, { name, write, flush, close });
  sink.write(entry("a", 1));
  await sink.flush();
  sink.flushSync?.();
  sink.onError?.(() => {})();
  expect(sink.lastStep?.("a")).toBeUndefined();
  expect(sink.stats?.()).toEqual({ written: 1, pending: 0, pendingBytes: 0, dropped: 0 });
});

describe("stats", () => {
  test("has as written what all have written, as pending what the slowest has yet to write", () => {
    const sink = teeSink(
      telling({ written: 7, pending: 3, pendingBytes: 300 }),
      telling({ written: 9, pending: 1, pendingBytes: 100 }),
    );
    for (let step = 1; step <= 10; step++) sink.write(entry("a", step));
    expect(sink.stats?.()).toEqual({ written: 7, pending: 3, pendingBytes: 400, dropped: 0 });
  });

  test("counts an entry as dropped once for each sink that lost it", () => {
    expect(teeSink(telling({ dropped: 2 }), telling({ dropped: 3 })).stats?.().dropped).toBe(5);
  });

  test("of no sinks says that all is written", () => {
    const sink = teeSink();
    sink.write(entry("a", 1));
    expect(sink.stats?.()).toEqual({ written: 1, pending: 0, pendingBytes: 0, dropped: 0 });
    expect(sink.lastStep?.("a")).toBeUndefined();
  });
});

describe("flush", () => {
  const failing = (code: "ABORTED" | "WRITE_FAILED", lost: number, pending: number) =>
    sinkWith({ flush: () => Promise.reject(new StepLogError(code, "e", { lost, pending })) });

  test("hands on the signal and the error of the one sink that failed", async () => {
    const flush = vi.fn(async () => {});
    const { signal } = new AbortController();
    const error = await teeSink(failing("WRITE_FAILED", 1, 2), sinkWith({ flush }))
      .flush({ signal })
      .catch((error) => error);
    expect(error).toMatchObject({ code: "WRITE_FAILED", message: "e", lost: 1, pending: 2 });
    expect(flush).toHaveBeenCalledWith({ signal });
  });

  test("of several that failed has their common code, lost together and the most that is pending", async () => {
    await expect(
      teeSink(failing("ABORTED", 0, 5), failing("ABORTED", 0, 3)).flush(),
    ).rejects.toMatchObject({
      code: "ABORTED",
      lost: 0,
      pending: 5,
    });
    await expect(
      teeSink(failing("ABORTED", 0, 5), failing("WRITE_FAILED", 3, 1)).flush(),
    ).rejects.toMatchObject({
      code: "SINK_FAILED",
      lost: 3,
      pending: 5,
      cause: expect.objectContaining({
        errors: [expect.any(StepLogError), expect.any(StepLogError)],
      }),
    });
  });
});

test("onError listens to all, until it is stopped", () => {
  const stops = [vi.fn(), vi.fn()];
  const listener = vi.fn();
  const onError = stops.map((stop) => vi.fn(() => stop));
  const stop = teeSink(...onError.map((listen) => sinkWith({ onError: listen }))).onError?.(
    listener,
  );
  for (const listen of onError) expect(listen).toHaveBeenCalledWith(listener);
  stop?.();
  for (const one of stops) expect(one).toHaveBeenCalledOnce();
});

test("lastStep is the highest that any of them holds", () => {
  expect(
    teeSink(
      memorySink(),
      sinkWith({ lastStep: () => 4 }),
      sinkWith({ lastStep: () => 9 }),
    ).lastStep?.("a"),
  ).toBe(9);
});
