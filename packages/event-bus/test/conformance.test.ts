import { type Sink, type StepRecord, toLine } from "@step-log/core";
import { sinkCases } from "@step-log/sink-testkit";
import { it } from "vitest";
import { busSink, eventBus } from "../src/index.ts";

/** What the subscribers of a sink's bus have heard. */
const heard = new WeakMap<Sink, StepRecord[]>();

const cases = sinkCases({
  create() {
    const bus = eventBus({ onError: () => {} });
    const records: StepRecord[] = [];
    // They are a store that is there at once; one that fails and one that hangs change nothing.
    bus.on("**", () => {
      throw new Error("subscriber");
    });
    bus.on("**", () => new Promise(() => {}), { maxQueue: 1 });
    bus.on("**", ({ payload }) => void records.push(payload));
    const sink = busSink(bus);
    heard.set(sink, records);
    return sink;
  },
  read: (sink) => (heard.get(sink) ?? []).map((record) => toLine(record).text),
  faults: { none: "subscribers cannot fail a bus: see event-bus.test.ts" },
  optional: ["flushSync", "stats"],
});

for (const { group, name, skip, run } of cases) {
  it(`${group}: ${name}`, { timeout: 30_000 }, (context) => (skip ? context.skip(skip) : run()));
}
