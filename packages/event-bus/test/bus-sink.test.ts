import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { createContext, runInContext } from "node:vm";
import { type Entry, memorySink, StepLog, type StepRecord, teeSink } from "@step-log/core";
import { buildSync } from "esbuild";
import { describe, expect, expectTypeOf, test, vi } from "vitest";
import { busSink, eventBus, RECORD_CHANNEL, type RecordEvents } from "../src/index.ts";

test("every record is an event of its topic", async () => {
  const bus = eventBus();
  const heard: [string, StepRecord][] = [];
  bus.on("**", ({ topic, payload }) => heard.push([topic, payload]));
  const sink = memorySink();
  const log = new StepLog({ sink: teeSink(sink, busSink(bus)), runId: "r1" });
  log.recordLlmCall({ model: "m", inputTokens: 1 });
  await log.tool("t", {}, async () => 1);
  log.recordEvent("e");
  await log.close();
  expect(heard.map(([topic]) => topic)).toEqual([
    "run.start",
    "step.llm_call",
    "step.start",
    "step.tool_call",
    "step.event",
    "run.end",
  ]);
  expect(heard.map(([, record]) => record)).toEqual(sink.records());
});

test("records that tell of losses, and types to come, have topics too", () => {
  const bus = eventBus();
  const topics: string[] = [];
  bus.on("**", ({ topic }) => topics.push(topic));
  const sink = busSink(bus);
  for (const type of ["log_dropped", "wire_call", "__proto__"]) {
    const record = { type, run_id: "r", step: 1, ts: 1 } as unknown as StepRecord;
    sink.write({ runId: "r", step: 1, record, line: `${JSON.stringify(record)}\n` });
  }
  expect(topics).toEqual(["log.dropped", "step.wire_call", "step.__proto__"]);
});

test("the topic tells which record it is", () => {
  const bus = eventBus();
  bus.on("step.tool_call", ({ payload }) => expectTypeOf(payload.tool).toEqualTypeOf<string>());
  bus.on("run.*", (event) => {
    if (event.topic === "run.end") expectTypeOf(event.payload.status).not.toBeAny();
  });
  const wider = eventBus<RecordEvents & { readonly "budget.exceeded": number }>();
  expect(busSink(wider).name).toBe("bus");
});

test("a subscriber that records what it hears comes to an end", () => {
  const errors: string[] = [];
  const bus = eventBus({ onError: ({ code }) => errors.push(code) });
  const log = new StepLog({ sink: busSink(bus), run: false });
  bus.on("step.*", () => log.recordEvent("about a record"));
  log.recordEvent("one");
  expect(log.stats()).toMatchObject({ recorded: 102, dropped: 0 });
  expect(errors).toEqual(["CALLBACK_FAILED"]);
});

test("while nobody listens, no record is made of an entry that has none yet", () => {
  const bus = eventBus();
  const sink = busSink(bus);
  const record = vi.fn<() => StepRecord>();
  const line = vi.fn<() => string>();
  const entry: Entry = {
    runId: "r",
    step: 1,
    get record() {
      return record();
    },
    get line() {
      return line();
    },
  };
  sink.write(entry);
  expect([record, line].map((made) => made.mock.calls.length)).toEqual([0, 0]);
  expect(sink.stats?.()).toMatchObject({ written: 1 });
});

test("large records bound the queue of a subscriber that hangs", () => {
  const bus = eventBus({ onError: () => {} });
  bus.on("**", () => new Promise(() => {}));
  const log = new StepLog({ sink: busSink(bus), run: false });
  for (let i = 0; i < 40; i++) log.recordEvent("large", "x".repeat(1_000_000));
  const { dropped, subscribers } = bus.stats();
  expect(subscribers[0]?.queued).toBe(16); // of 16 MiB
  expect(dropped).toBe(40 - 1 - 16);
});

describe("the channel of node:diagnostics_channel", () => {
  test("has every entry, whether the bus has subscribers or not", () => {
    const heard: unknown[] = [];
    const listener = (message: unknown) => void heard.push(message);
    const log = new StepLog({ sink: busSink(eventBus()), runId: "r1" });
    subscribe(RECORD_CHANNEL, listener);
    log.recordEvent("e");
    unsubscribe(RECORD_CHANNEL, listener);
    log.recordEvent("unheard");
    expect(heard).toEqual([expect.objectContaining({ runId: "r1", step: 1 })]);
    const { record, line } = heard[0] as Entry;
    expect(record).toMatchObject({ type: "event", name: "e" });
    expect(JSON.parse(line)).toEqual(record);
  });

  test("is done without where there is none, as in a browser", async () => {
    const { outputFiles } = buildSync({
      stdin: {
        contents: `
          import { StepLog } from "@step-log/core";
          import { busSink, eventBus } from "./src/index.ts";
          const bus = eventBus();
          const topics = [];
          bus.on("**", ({ topic }) => topics.push(topic));
          new StepLog({ sink: busSink(bus) }).end();
          globalThis.heard = topics.join();`,
        resolveDir: new URL("..", import.meta.url).pathname,
      },
      bundle: true,
      conditions: ["@step-log/source"],
      format: "iife",
      logLevel: "silent",
      platform: "browser",
      write: false,
    });
    const code = outputFiles[0]?.text ?? "";
    expect(code).not.toMatch(/require\(|from "node:/);
    const web: Record<string, unknown> = { crypto, performance, TextEncoder, TextDecoder };
    runInContext(code, createContext(web));
    expect(web["heard"]).toBe("run.start,run.end");
  });
});
