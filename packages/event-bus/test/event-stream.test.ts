import { setImmediate as turn } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { eventBus } from "../src/index.ts";

interface Events {
  readonly "step.tool": number;
  readonly "run.end": null;
}

describe("events", () => {
  test("gives all since it was called, until the loop is left", async () => {
    const bus = eventBus<Events>();
    const stream = bus.events("**");
    for (let i = 0; i < 3; i++) bus.emit("step.tool", i);
    bus.emit("run.end", null);
    bus.emit("step.tool", 9);
    const seen: unknown[] = [];
    for await (const { topic, payload } of stream) {
      if (topic === "run.end") break;
      seen.push(payload);
    }
    expect(seen).toEqual([0, 1, 2]);
    expect(bus.active).toBe(false);
    expect(await stream.next()).toEqual({ done: true, value: undefined });
  });

  test("waits for what is to come", async () => {
    const bus = eventBus<Events>();
    const seen: number[] = [];
    const reading = (async () => {
      for await (const { payload } of bus.events("step.tool")) {
        seen.push(payload);
        if (payload === 3) return;
      }
    })();
    for (let i = 0; i <= 3; i++) {
      await turn();
      bus.emit("step.tool", i);
    }
    await reading;
    expect(seen).toEqual([0, 1, 2, 3]);
  });

  test("answers several who wait at once, in their order", async () => {
    const bus = eventBus<Events>();
    const stream = bus.events("step.tool");
    const asked = [stream.next(), stream.next(), stream.next()];
    for (let i = 0; i < 4; i++) bus.emit("step.tool", i);
    const values = (await Promise.all(asked)).map(({ value }) => value?.payload);
    expect(values).toEqual([0, 1, 2]);
    expect((await stream.next()).value?.payload).toBe(3);
  });

  test("drops what a slow reader has no room for, and counts it", async () => {
    const errors: string[] = [];
    const bus = eventBus<Events>({ onError: ({ code }) => errors.push(code) });
    const stream = bus.events("step.tool", { maxQueue: 2 });
    for (let i = 0; i < 10; i++) bus.emit("step.tool", i);
    expect(bus.stats().dropped).toBe(7);
    expect(errors).toEqual(["QUEUE_FULL"]);
    const seen = [];
    for (let i = 0; i < 3; i++) seen.push((await stream.next()).value?.payload);
    expect(seen).toEqual([0, 1, 2]);
    bus.emit("step.tool", 10);
    expect((await stream.next()).value?.payload).toBe(10);
  });

  test("ends with its signal, also for those who wait", async () => {
    const bus = eventBus<Events>();
    const abort = new AbortController();
    const stream = bus.events("step.tool", { signal: abort.signal });
    const asked = [stream.next(), stream.next()];
    abort.abort();
    expect((await Promise.all(asked)).map(({ done }) => done)).toEqual([true, true]);
    expect(bus.active).toBe(false);
    await bus.idle();
    const late = bus.events("step.tool", { signal: abort.signal });
    expect(await late.next()).toEqual({ done: true, value: undefined });
  });

  test("ends by await using, and by return before the first event", async () => {
    const bus = eventBus<Events>();
    {
      await using stream = bus.events("step.tool");
      bus.emit("step.tool", 1);
      expect((await stream.next()).value?.payload).toBe(1);
    }
    await bus.events("step.tool").return();
    expect(bus.active).toBe(false);
    await bus.idle();
  });

  test("gives kept events first", async () => {
    const bus = eventBus<Events>({ replay: 2 });
    for (let i = 0; i < 4; i++) bus.emit("step.tool", i);
    const stream = bus.events("step.tool", { replay: true });
    bus.emit("step.tool", 4);
    const seen = [];
    for (let i = 0; i < 3; i++) seen.push((await stream.next()).value?.payload);
    expect(seen).toEqual([2, 3, 4]);
  });
});
