import { spawnSync } from "node:child_process";
import { afterEach, describe, expect, test, vi } from "vitest";
import {
  errorListeners,
  memorySink,
  type Sink,
  type SinkStats,
  StepLog,
  StepLogError,
  type StepLogErrorCode,
} from "../src/index.ts";
import { bundleChild } from "./bundle-child.ts";
import { broken, sinkWith } from "./entries.ts";

const hangingFlush = bundleChild("hanging-flush");

afterEach(() => {
  vi.useRealTimers();
});

const never = () => new Promise<never>(() => {});
const failing = (code: StepLogErrorCode, lost: number, pending: number) => () =>
  Promise.reject(new StepLogError(code, "store away", { lost, pending }));

/** A log that hears of its problems. */
function heard(members: Partial<Sink> = {}, options: { runId?: string } = {}) {
  const errors: StepLogError[] = [];
  const sink = sinkWith(members);
  const log = new StepLog({
    runId: "r1",
    run: false,
    ...options,
    sink,
    onError: (error) => errors.push(error),
  });
  return { log, sink, errors, codes: () => errors.map(({ code }) => code) };
}

describe("flush", () => {
  test("resolves when the sink's does, with the signal handed on", async () => {
    const flush = vi.fn(async () => {});
    const { signal } = new AbortController();
    await heard({ flush }).log.flush({ signal });
    expect(flush).toHaveBeenCalledWith({ signal });
  });

  test("rejects with the error of the sink, as it is", async () => {
    const { log } = heard({ flush: failing("WRITE_FAILED", 2, 3) });
    await expect(log.flush()).rejects.toMatchObject({
      code: "WRITE_FAILED",
      message: "store away",
      lost: 2,
      pending: 3,
    });
  });

  test("rejects with what the log itself has lost, once", async () => {
    const { log } = heard({ write: broken });
    log.recordEvent("a");
    log.recordEvent("b");
    await expect(log.flush()).rejects.toMatchObject({ code: "RECORD_FAILED", lost: 2, pending: 0 });
    await expect(log.flush()).resolves.toBeUndefined();
  });

  test("rejects with both together where both have lost something", async () => {
    const { log } = heard({ write: broken, flush: failing("WRITE_FAILED", 2, 3) });
    log.recordEvent("a");
    const error = await log.flush().catch((error) => error);
    expect(error).toMatchObject({
      code: "WRITE_FAILED",
      lost: 3,
      pending: 3,
      cause: { message: "store away" },
    });
    await expect(log.flush()).rejects.toMatchObject({ lost: 2 });
  });

  test.each<[string, () => Promise<void>]>([
    ["throws", broken],
    ["rejects with another error", () => Promise.reject(new Error("broken"))],
  ])("rejects with a StepLogError where the sink's %s", async (_, flush) => {
    const error = await heard({ flush })
      .log.flush()
      .catch((error) => error);
    expect(error).toBeInstanceOf(StepLogError);
    expect(error).toMatchObject({ code: "SINK_FAILED", cause: { message: "broken" } });
  });
});

describe("close", () => {
  test("ends the run and flushes, and leaves the sink open", async () => {
    const calls: string[] = [];
    const sink = memorySink();
    const log = new StepLog({
      sink: {
        ...sink,
        flush: async () => void calls.push("flush"),
        close: async () => void calls.push("close"),
      },
    });
    await log.close();
    expect(sink.records().map(({ type }) => type)).toEqual(["run_start", "run_end"]);
    expect(calls).toEqual(["flush"]);
  });

  test("called again is the same, and does nothing more", async () => {
    const flush = vi.fn(async () => {});
    const sink = sinkWith({ flush });
    const log = new StepLog({ sink });
    const closing = log.close();
    expect(log.close()).toBe(closing);
    await closing;
    await log.close();
    log.end({ status: "error" });
    expect([flush.mock.calls.length, sink.lines.length]).toEqual([1, 2]);
  });

  test.each<[string, () => Promise<void>, StepLogErrorCode]>([
    ["rejects", failing("WRITE_FAILED", 1, 0), "WRITE_FAILED"],
    ["rejects with another error", () => Promise.reject(new Error("broken")), "SINK_FAILED"],
    ["throws", broken, "SINK_FAILED"],
  ])("never rejects: of a flush that %s, onError is told", async (_, flush, code) => {
    const { log, codes } = heard({ flush });
    await expect(log.close()).resolves.toBeUndefined();
    expect(codes()).toEqual([code]);
  });

  test("waits for a flush that hangs for 10 s, no longer", async () => {
    vi.useFakeTimers();
    const { log, codes, errors } = heard({
      flush: never,
      stats: () => ({ ...NOTHING, pending: 7 }),
    });
    const done = vi.fn();
    const closing = log.close().then(done);
    await vi.advanceTimersByTimeAsync(9_999);
    expect(done).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    await closing;
    expect([codes(), errors[0]?.pending]).toEqual([["ABORTED"], 7]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("leaves no timer behind", async () => {
    vi.useFakeTimers();
    await heard().log.close();
    expect(vi.getTimerCount()).toBe(0);
  });

  test("waits as long as a signal allows", async () => {
    const { log, codes } = heard({ flush: never });
    await log.close({ signal: AbortSignal.abort() });
    expect(codes()).toEqual(["ABORTED"]);
    const controller = new AbortController();
    const other = heard({ flush: never, stats: broken });
    const closing = other.log.close({ signal: controller.signal });
    controller.abort();
    await closing;
    expect(other.codes()).toEqual(["ABORTED"]);
  });

  test("is what await using does", async () => {
    const sink = memorySink();
    {
      await using log = new StepLog({ sink });
      log.recordEvent("e");
    }
    expect(sink.records().map(({ type }) => type)).toEqual(["run_start", "event", "run_end"]);
  });

  test("keeps a process alive until its deadline, which then ends with exit code 0", () => {
    const { stdout, status } = spawnSync(process.execPath, [hangingFlush], { encoding: "utf8" });
    expect({ stdout, status }).toEqual({ stdout: "ABORTED closed", status: 0 });
  });
});

describe("onError", () => {
  test("hears of the sink's problems until the log is closed", async () => {
    const listeners = errorListeners(() => {});
    const { log, codes } = heard({ onError: listeners.listen });
    listeners.tell(new StepLogError("QUEUE_FULL", "full"));
    await log.close();
    listeners.tell(new StepLogError("LOCK_BUSY", "busy"));
    expect(codes()).toEqual(["QUEUE_FULL"]);
  });

  test("hears of a problem once, however many logs of a sink share it", () => {
    const listeners = errorListeners();
    const sink = sinkWith({ onError: listeners.listen });
    const onError = vi.fn();
    const log = new StepLog({ sink, onError });
    const logs = [log, log.child(), new StepLog({ sink, onError })];
    listeners.tell(new StepLogError("QUEUE_FULL", "full"));
    expect(onError).toHaveBeenCalledTimes(1);
    expect(logs).toHaveLength(3);
  });

  test("may record what it hears, also where recording is the problem", () => {
    let heard = 0;
    const log: StepLog = new StepLog({
      run: false,
      sink: sinkWith({ write: broken }),
      onError: ({ code }) => {
        heard++;
        log.recordEvent("log_problem", { code });
      },
    });
    log.recordEvent("a");
    log.recordEvent("b");
    expect(heard).toBe(2);
    expect(log.stats().dropped).toBe(4);
  });

  test("may throw, which harms neither the log nor the sink", () => {
    vi.spyOn(console, "warn").mockImplementation(() => {});
    const log = new StepLog({ run: false, sink: sinkWith({ write: broken }), onError: broken });
    expect(log.recordEvent("e")).toBe(1);
    vi.restoreAllMocks();
  });

  test("of a sink that throws at being stopped harms no close", async () => {
    const { log, errors } = heard({ onError: () => broken });
    await log.close();
    expect(errors).toEqual([]);
  });
});

const NOTHING: SinkStats = { written: 0, pending: 0, pendingBytes: 0, dropped: 0 };

describe("stats", () => {
  test("counts what was handed to the sink, in lines and UTF-8 bytes", () => {
    const { log, sink } = heard();
    log.recordEvent("€");
    log.recordEvent("e");
    expect(log.stats()).toEqual({
      recorded: 2,
      dropped: 0,
      bytes: Buffer.byteLength(sink.lines.join("")),
      redacted: 0,
      truncated: 0,
      sink: sink.stats?.(),
    });
  });

  test("counts records in which something was replaced, or cut", () => {
    const sink = memorySink();
    const log = new StepLog({ sink, run: false, payload: { maxBytes: 200 } });
    log.recordEvent("a", { password: "hunter2", token: "hunter3" });
    log.recordEvent("b", "x".repeat(1000));
    log.recordEvent("c");
    expect(log.stats()).toMatchObject({ recorded: 3, redacted: 1, truncated: 1 });
  });

  test("adds what the sink lost of this run", () => {
    const { log } = heard({
      write: broken,
      stats: (runId) => ({ ...NOTHING, dropped: runId === "r1" ? 2 : 5 }),
    });
    log.recordEvent("e");
    expect(log.stats()).toMatchObject({ recorded: 0, dropped: 3, sink: { dropped: 5 } });
  });

  test.each<[string, Partial<Sink>]>([
    ["does not tell", { stats: undefined as never }],
    ["throws", { stats: broken }],
  ])("has null where the sink %s", (_, members) => {
    expect(heard(members).log.stats().sink).toBeNull();
  });
});
