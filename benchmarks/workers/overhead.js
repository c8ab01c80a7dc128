// @ts-check
// One measurement in a process of its own: what a call costs.
import { AsyncLocalStorage } from "node:async_hooks";
import { subscribe } from "node:diagnostics_channel";
import { EventEmitter } from "node:events";
import { setImmediate as turn } from "node:timers/promises";
import { currentRun, StepLog } from "@step-log/core";
import { busSink, eventBus, RECORD_CHANNEL } from "@step-log/event-bus";
import { RunContext } from "@step-log/run-id";
import { record } from "../mix.js";
import { report, task } from "./task.js";

const { variant, records } = task();
const CALLS_A_TURN = 1000;

let heard = 0;
const listener = () => {
  heard++;
};
const asyncListener = async () => {
  heard++;
};
const payload = { run_id: "run-abc123", step: 1 };
const bus = eventBus();
/** @type {import("@step-log/event-bus").EventBus<Record<string, unknown>>} */
const plainBus = eventBus({ maxQueue: CALLS_A_TURN });
const emitter = new EventEmitter();
/** @type {AsyncLocalStorage<object>} */
const storage = new AsyncLocalStorage();
const context = RunContext.start();

/** @type {import("@step-log/core").Sink} */
const nowhere = { name: "nowhere", write() {}, async flush() {}, async close() {} };

/** @param {import("@step-log/core").Sink} sink */
function recordTo(sink) {
  const log = new StepLog({ runId: "run-abc123", sink, run: false });
  return (/** @type {number} */ i) => void record(log, i);
}

const emit = () => plainBus.emit("step.tool_call", payload);

/** @type {Record<string, () => (i: number) => void>} */
const CALLS = {
  "an empty call": () => () => {},
  "a record, sink that does nothing": () => recordTo(nowhere),
  "a record, busSink, nobody listens": () => recordTo(busSink(bus)),
  "a record, busSink, 1 subscriber"() {
    bus.on("step.*", listener);
    return recordTo(busSink(bus));
  },
  "a record, busSink, 1 asynchronous subscriber"() {
    bus.on("step.*", asyncListener);
    return recordTo(busSink(bus));
  },
  "a record, busSink, 1 on the channel alone"() {
    subscribe(RECORD_CHANNEL, listener);
    return recordTo(busSink(bus));
  },
  "emit, node:events, 1 listener"() {
    emitter.on("step.tool_call", listener);
    return () => void emitter.emit("step.tool_call", payload);
  },
  "bus.emit, nobody listens": () => emit,
  "bus.emit, nobody listens to this topic"() {
    plainBus.on("run.*", listener);
    return emit;
  },
  "bus.emit, 1 subscriber"() {
    plainBus.on("step.tool_call", listener);
    return emit;
  },
  "bus.emit, 1 of a pattern"() {
    plainBus.on("step.*", listener);
    return emit;
  },
  "bus.emit, 1 asynchronous subscriber"() {
    plainBus.on("step.*", asyncListener);
    return emit;
  },
  "getStore of a bare AsyncLocalStorage": () => () => {
    if (storage.getStore() === payload) heard++;
  },
  "RunContext.current": () => () => {
    if (RunContext.current() === context) heard++;
  },
  "core's currentRun, inside a run": () => () => {
    if (currentRun()?.runId === context.runId) heard++;
  },
  "run of a bare AsyncLocalStorage": () => () => storage.run(payload, listener),
  "RunContext.run": () => () => RunContext.run(context, listener),
  "RunContext.start and run": () => () => RunContext.run(RunContext.start(), listener),
};

const call = CALLS[variant]?.();
if (call === undefined) throw new Error(`there is no ${variant}`);

/**
 * Calls so often; gives the time that the calls took, without the turns between them but for what the
 * calls left to do there.
 *
 * @param {number} count
 */
async function repeat(count) {
  const startedAt = performance.now();
  for (let i = 0; i < count; i++) {
    call?.(i);
    if (i % CALLS_A_TURN === CALLS_A_TURN - 1) await turn();
  }
  return performance.now() - startedAt;
}

// Everything inside a run and a store, so that there is something to look up.
const milliseconds = await storage.run(payload, () =>
  RunContext.run(context, async () => {
    // The compiler's work is done with before the clock runs.
    await repeat(Math.ceil(records / 10));
    heard = 0;
    return repeat(records);
  }),
);
const { dropped } = plainBus.stats();
if (dropped > 0) throw new Error(`the bus dropped ${dropped}`);
report({ nanoseconds: (milliseconds * 1e6) / records, heard });
