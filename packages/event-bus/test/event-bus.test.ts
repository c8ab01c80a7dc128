import { setImmediate as turn } from "node:timers/promises";
import type { StepLogError } from "@step-log/core";
import { describe, expect, expectTypeOf, test, vi } from "vitest";
import { type EventBusOptions, eventBus } from "../src/index.ts";

interface Events {
  readonly "run.start": { readonly id: string };
  readonly "run.end": { readonly ok: boolean };
  readonly "step.tool": number;
}

/** A bus, and what its `onError` hears. */
function listening(options: EventBusOptions = {}) {
  const errors: StepLogError[] = [];
  const bus = eventBus<Events>({ onError: (error) => errors.push(error), ...options });
  return { bus, errors, codes: () => errors.map(({ code }) => code) };
}

/** A promise, and what settles it. */
function deferred() {
  let resolve = () => {};
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

const fail = () => {
  throw new Error("subscriber");
};

describe("subscribing", () => {
  test("to a topic, to one segment, to any", () => {
    const { bus } = listening();
    const heard: string[] = [];
    bus.on("run.start", ({ payload }) => heard.push(`topic ${payload.id}`));
    bus.on("run.*", ({ topic }) => heard.push(`one ${topic}`));
    bus.on("**", ({ topic }) => heard.push(`any ${topic}`));
    bus.emit("run.start", { id: "r1" });
    bus.emit("step.tool", 1);
    expect(heard).toEqual(["topic r1", "one run.start", "any run.start", "any step.tool"]);
  });

  test("gives events whose payload the topic tells", () => {
    const { bus } = listening();
    bus.on("step.tool", ({ payload }) => expectTypeOf(payload).toEqualTypeOf<number>());
    bus.on("run.*", (event) => {
      if (event.topic === "run.end") expectTypeOf(event.payload.ok).toEqualTypeOf<boolean>();
      else expectTypeOf(event.topic).toEqualTypeOf<"run.start">();
    });
    // @ts-expect-error there is no such topic
    bus.on("run.stop", () => {});
    // @ts-expect-error that is the payload of another
    bus.emit("run.start", 1);
    expect(bus.stats().delivered).toBe(1);
  });

  test("ends by the function that it gave, by off, by a signal", () => {
    const { bus } = listening();
    const heard: string[] = [];
    const stop = bus.on("step.tool", () => heard.push("function"));
    const listener = () => heard.push("off");
    bus.on("step.tool", listener);
    bus.on("step.tool", listener);
    const abort = new AbortController();
    bus.on("step.tool", () => heard.push("signal"), { signal: abort.signal });
    bus.emit("step.tool", 1);
    expect(heard.splice(0)).toEqual(["function", "off", "off", "signal"]);
    stop();
    stop();
    bus.off("step.*", listener); // another pattern
    bus.emit("step.tool", 2);
    expect(heard.splice(0)).toEqual(["off", "off", "signal"]);
    bus.off("step.tool", listener);
    abort.abort();
    expect(bus.active).toBe(false);
    bus.emit("step.tool", 3);
    expect(heard).toEqual([]);
  });

  test("with a signal that was aborted begins nothing, and one that is not is let go of", () => {
    const { bus } = listening();
    bus.on("step.tool", fail, { signal: AbortSignal.abort() });
    expect(bus.active).toBe(false);
    const { signal } = new AbortController();
    const removed = vi.spyOn(signal, "removeEventListener");
    bus.on("step.tool", fail, { signal })();
    expect(removed).toHaveBeenCalledOnce();
  });

  test("once hears one event, also when that makes another", () => {
    const { bus } = listening();
    const heard: number[] = [];
    const once = ({ payload }: { readonly payload: number }) => {
      heard.push(payload);
      bus.emit("step.tool", payload + 1);
    };
    bus.once("step.tool", once);
    bus.emit("step.tool", 1);
    bus.emit("step.tool", 5);
    bus.once("step.tool", once);
    bus.off("step.tool", once);
    bus.emit("step.tool", 9);
    expect(heard).toEqual([1]);
  });

  test("during an emission counts from the next one, unsubscribing at once", () => {
    const { bus } = listening();
    const heard: string[] = [];
    bus.once("step.tool", () => {
      heard.push("first");
      stop();
      bus.on("step.tool", () => heard.push("late"));
    });
    const stop = bus.on("step.tool", () => heard.push("stopped"));
    bus.emit("step.tool", 1);
    expect(heard).toEqual(["first"]);
    bus.emit("step.tool", 2);
    expect(heard).toEqual(["first", "late"]);
  });

  test.each<[string, (bus: ReturnType<typeof eventBus<Events>>) => void, string]>([
    ["half a segment", (bus) => bus.on("run.st*" as "run.*", fail), "whole segments"],
    [
      "no listener",
      (bus) => bus.on("run.start", undefined as never),
      "listener must be a function",
    ],
    ["a queue that is none", (bus) => bus.on("run.start", fail, { maxQueue: -1 }), "maxQueue"],
    ["a replay that is none", (bus) => bus.on("run.start", fail, { replay: 0.5 }), "replay"],
    ["no signal", (bus) => bus.on("run.start", fail, { signal: {} as never }), "AbortSignal"],
  ])("refuses %s", (_, subscribe, message) => {
    const bus = eventBus<Events>();
    expect(() => subscribe(bus)).toThrow(TypeError);
    expect(() => subscribe(bus)).toThrow(message);
    expect(bus.active).toBe(false);
  });
});

test.each<[string, EventBusOptions]>([
  ["replay", { replay: -1 }],
  ["maxQueue", { maxQueue: 1.5 }],
  ["maxQueueBytes", { maxQueueBytes: Number.NaN }],
  ["stallMs", { stallMs: 2 ** 31 }],
  ["onError", { onError: 1 as never }],
])("refuses an option %s that cannot be meant", (option, options) => {
  expect(() => eventBus(options)).toThrow(TypeError);
  expect(() => eventBus(options)).toThrow(`eventBus: ${option} must be`);
});

describe("a subscriber that fails", () => {
  test("reaches neither the emitter nor the others, and is reported", async () => {
    const { bus, errors, codes } = listening();
    const heard: number[] = [];
    bus.on("step.tool", fail);
    bus.on("step.tool", async () => fail());
    // biome-ignore-start lint/suspicious/noThenProperty: that it fails is what is tested
    bus.on("step.tool", () => Object.defineProperty({}, "then", { get: fail }));
    bus.on("step.tool", () => ({ then: fail }));
    // biome-ignore-end lint/suspicious/noThenProperty: that it fails is what is tested
    bus.on("step.tool", () => Promise.reject()); // with nothing
    bus.on("step.*", ({ payload }) => heard.push(payload));
    bus.emit("step.tool", 1);
    await bus.idle();
    expect(heard).toEqual([1]);
    expect(codes()).toEqual(Array(5).fill("CALLBACK_FAILED"));
    expect(errors[0]?.message).toBe("a subscriber of step.tool failed");
    expect(errors[0]?.cause).toEqual(new Error("subscriber"));
    expect(bus.stats()).toMatchObject({ emitted: 1, delivered: 6, failed: 5, dropped: 0 });
    expect(bus.stats().subscribers.map(({ failed }) => failed)).toEqual([1, 1, 1, 1, 1, 0]);
  });

  test("stays subscribed", () => {
    const { bus, codes } = listening();
    bus.on("step.tool", fail);
    bus.emit("step.tool", 1);
    bus.emit("step.tool", 2);
    expect(codes()).toHaveLength(2);
  });

  test("is told on stderr once, while nobody listens for errors", () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const bus = eventBus<Events>();
    bus.on("step.tool", fail);
    bus.emit("step.tool", 1);
    bus.emit("step.tool", 2);
    expect(warn).toHaveBeenCalledOnce();
    warn.mockRestore();
  });

  test("does no harm by an onError that fails too", () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const { bus } = listening({ onError: fail });
    bus.on("step.tool", fail);
    bus.onError(fail);
    expect(() => bus.emit("step.tool", 1)).not.toThrow();
    warn.mockRestore();
  });

  test("by a topic that is no text is not even found", () => {
    const { bus } = listening();
    bus.on("**", fail);
    expect(() => bus.emit(Symbol("no") as never, 1 as never)).not.toThrow();
    expect(() => bus.emit(Object.create(null), 1 as never)).not.toThrow();
  });
});

describe("an asynchronous subscriber", () => {
  test("gets one event at a time, in order, and holds nobody up", async () => {
    const { bus } = listening();
    const heard: string[] = [];
    let at = 0;
    bus.on("step.tool", async ({ payload }) => {
      expect(at++).toBe(0);
      await turn();
      heard.push(`slow ${payload}`);
      at--;
    });
    bus.on("step.tool", ({ payload }) => heard.push(`fast ${payload}`));
    for (let i = 0; i < 3; i++) bus.emit("step.tool", i);
    expect(heard).toEqual(["fast 0", "fast 1", "fast 2"]);
    expect(bus.stats().subscribers[0]).toMatchObject({ delivered: 1, queued: 2 });
    await bus.idle();
    expect(heard.slice(3)).toEqual(["slow 0", "slow 1", "slow 2"]);
    expect(bus.stats().subscribers[0]).toMatchObject({ delivered: 3, queued: 0, busyMs: null });
  });

  test("keeps the order when it answers now and then at once, and emits itself", async () => {
    const { bus } = listening();
    const heard: number[] = [];
    bus.on("step.tool", ({ payload }) => {
      heard.push(payload);
      if (payload === 2) bus.emit("step.tool", 5);
      return payload % 2 === 0 ? undefined : turn();
    });
    for (let i = 1; i <= 4; i++) bus.emit("step.tool", i);
    await bus.idle();
    expect(heard).toEqual([1, 2, 3, 4, 5]);
  });

  test("that goes on after a rejection", async () => {
    const { bus, codes } = listening();
    const heard: number[] = [];
    bus.on("step.tool", async ({ payload }) => {
      heard.push(payload);
      if (payload === 1) fail();
    });
    for (let i = 0; i < 3; i++) bus.emit("step.tool", i);
    await bus.idle();
    expect(heard).toEqual([0, 1, 2]);
    expect(codes()).toEqual(["CALLBACK_FAILED"]);
  });

  test("that is too slow loses what its queue has no room for, counted and told once", async () => {
    const { bus, errors, codes } = listening({ maxQueue: 2 });
    const hold = deferred();
    const heard: number[] = [];
    bus.on("step.tool", async ({ payload }) => {
      heard.push(payload);
      await hold.promise;
    });
    const all: number[] = [];
    bus.on("step.tool", ({ payload }) => all.push(payload), { maxQueue: 0 });
    for (let i = 0; i < 6; i++) bus.emit("step.tool", i);
    expect(codes()).toEqual(["QUEUE_FULL"]);
    expect(errors[0]?.details).toMatchObject({ pattern: "step.tool", queued: 2, dropped: 1 });
    hold.resolve();
    await bus.idle();
    expect(heard).toEqual([0, 1, 2]);
    expect(all).toEqual([0, 1, 2, 3, 4, 5]);
    expect(bus.stats()).toMatchObject({ emitted: 6, delivered: 9, dropped: 3 });
    for (let i = 0; i < 5; i++) bus.emit("step.tool", i);
    expect(codes()).toEqual(["QUEUE_FULL", "QUEUE_FULL"]);
  });

  test("has a queue that is bounded by bytes, where they are told", async () => {
    const { bus } = listening({ maxQueueBytes: 1000 });
    const hold = deferred();
    bus.on("step.tool", () => hold.promise);
    for (let i = 0; i < 9; i++) bus.emit("step.tool", i, 400);
    expect(bus.stats()).toMatchObject({ dropped: 6, subscribers: [{ queued: 2 }] });
    hold.resolve();
    await bus.idle();
    expect(bus.stats()).toMatchObject({ delivered: 3, dropped: 6 });
  });

  test("that hangs is reported, once, and nobody else notices", async () => {
    vi.useFakeTimers();
    try {
      const { bus, errors, codes } = listening({ stallMs: 1000 });
      let heard = 0;
      bus.on("step.tool", () => new Promise(() => {}));
      bus.on("step.tool", () => void heard++);
      for (let i = 0; i < 3; i++) bus.emit("step.tool", i);
      expect(heard).toBe(3);
      vi.advanceTimersByTime(10_000);
      expect(codes()).toEqual(["STALLED"]);
      expect(errors[0]?.message).toBe(
        "a subscriber of step.tool has been busy with one event for over 1000 ms; 2 more wait for it",
      );
      expect(bus.stats().subscribers[0]).toMatchObject({ queued: 2, busyMs: 10_000 });
    } finally {
      vi.useRealTimers();
    }
  });

  test("that is done in time is not reported, nor one that hangs twice told once", async () => {
    vi.useFakeTimers();
    try {
      const { bus, codes } = listening({ stallMs: 1000 });
      const holds = [deferred(), deferred(), deferred()];
      bus.on("step.tool", ({ payload }) => holds[payload]?.promise);
      bus.emit("step.tool", 0);
      await vi.advanceTimersByTimeAsync(900);
      holds[0]?.resolve();
      await bus.idle();
      bus.emit("step.tool", 1);
      await vi.advanceTimersByTimeAsync(500);
      expect(codes()).toEqual([]);
      await vi.advanceTimersByTimeAsync(5000);
      holds[1]?.resolve();
      await bus.idle();
      bus.emit("step.tool", 2);
      await vi.advanceTimersByTimeAsync(5000);
      expect(codes()).toEqual(["STALLED", "STALLED"]);
    } finally {
      vi.useRealTimers();
    }
  });

  test("that is unsubscribed hears no more, and is waited for no longer", async () => {
    const { bus } = listening();
    const hold = deferred();
    const heard: number[] = [];
    const stop = bus.on("step.tool", ({ payload }) => {
      heard.push(payload);
      return hold.promise;
    });
    bus.emit("step.tool", 1);
    bus.emit("step.tool", 2);
    stop();
    await bus.idle();
    hold.resolve();
    await turn();
    expect(heard).toEqual([1]);
  });
});

describe("idle", () => {
  test("resolves at once when nobody is busy, and waits for a once too", async () => {
    const { bus } = listening();
    await bus.idle();
    let done = false;
    bus.once("step.tool", async () => {
      await turn();
      done = true;
    });
    bus.emit("step.tool", 1);
    await bus.idle();
    expect(done).toBe(true);
  });

  test("ends with its signal, and says how much is pending", async () => {
    const { bus } = listening();
    bus.on("step.tool", () => new Promise(() => {}));
    for (let i = 0; i < 3; i++) bus.emit("step.tool", i);
    const abort = new AbortController();
    const idle = bus.idle({ signal: abort.signal });
    abort.abort();
    await expect(idle).rejects.toMatchObject({ code: "ABORTED", pending: 3 });
  });
});

describe("what subscribers emit", () => {
  test("comes after what they hear, for all of them", () => {
    const { bus } = listening();
    const heard: string[] = [];
    bus.on("run.start", () => bus.emit("step.tool", 1));
    bus.on("**", ({ topic }) => heard.push(topic));
    bus.emit("run.start", { id: "r1" });
    bus.emit("run.end", { ok: true });
    expect(heard).toEqual(["run.start", "step.tool", "run.end"]);
  });

  test("about itself comes to an end, and is reported", () => {
    const { bus, codes } = listening();
    bus.on("step.tool", ({ payload }) => {
      bus.emit("step.tool", payload + 1);
      bus.emit("step.tool", payload + 1);
    });
    bus.emit("step.tool", 0);
    expect(codes()).toEqual(["CALLBACK_FAILED"]);
    expect(bus.stats()).toMatchObject({ delivered: 101, dropped: 102 });
    bus.emit("step.tool", 0);
    expect(codes()).toHaveLength(2);
  });
});

describe("replay", () => {
  test("gives who comes late the last events that match, oldest first", () => {
    const { bus } = listening({ replay: 3 });
    bus.emit("run.start", { id: "r1" });
    for (let i = 0; i < 4; i++) bus.emit("step.tool", i);
    const heard: unknown[] = [];
    bus.on("step.*", ({ payload }) => heard.push(payload), { replay: true });
    bus.on("step.*", ({ payload }) => heard.push(`last ${payload}`), { replay: 1 });
    bus.on("run.*", fail, { replay: true }); // it is no longer kept
    bus.on("**", fail);
    bus.once("**", ({ payload }) => heard.push(`once ${payload}`), { replay: 2 });
    expect(heard).toEqual([1, 2, 3, "last 3", "once 2"]);
  });

  test("keeps no more bytes than queues may have", () => {
    const { bus } = listening({ replay: 10, maxQueueBytes: 1000 });
    for (let i = 0; i < 5; i++) bus.emit("step.tool", i, 400);
    const heard: number[] = [];
    bus.on("step.tool", ({ payload }) => heard.push(payload), { replay: true });
    expect(heard).toEqual([3, 4]);
  });

  test("makes a bus active, though nobody listens", () => {
    expect(listening({ replay: 1 }).bus.active).toBe(true);
    expect(listening().bus.active).toBe(false);
  });
});

test("topics without end are told apart, and not kept", () => {
  const bus = eventBus<Record<string, number>>();
  let sum = 0;
  bus.on("odd.*", ({ payload }) => {
    sum += payload;
  });
  for (let i = 0; i < 2500; i++) bus.emit(`${i % 2 === 1 ? "odd" : "even"}.${i}`, i);
  expect(sum).toBe(1250 ** 2); // of the first 1,250 odd numbers
});

test("a bus to which nobody listens counts nothing and keeps nothing", () => {
  const { bus } = listening();
  bus.emit("step.tool", 1);
  expect(bus.stats()).toEqual({ emitted: 0, delivered: 0, dropped: 0, failed: 0, subscribers: [] });
});
