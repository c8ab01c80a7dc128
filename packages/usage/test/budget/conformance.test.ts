import { type MemorySink, memorySink, type Sink, teeSink } from "@step-log/core";
import { sinkCases } from "@step-log/sink-testkit";
import { describe, test } from "vitest";
import { budgetSink } from "../../src/index.ts";

const stores = new WeakMap<Sink, MemorySink>();

// It keeps nothing, so it is tested beside a sink that does, which it must leave as it is.
const cases = sinkCases({
  create() {
    const store = memorySink();
    const sink = teeSink(store, budgetSink({ limits: [{ per: "run", usd: 1 }], onError() {} }));
    stores.set(sink, store);
    return sink;
  },
  read: (sink) => stores.get(sink)?.lines ?? [],
  faults: { none: "neither of them fails" },
  skip: [
    "a listener is told of an entry that was written after close, with a StepLogError",
    "all listeners are told, also after one that throws",
    "a listener that was taken off is told nothing more",
  ].map((name) => ({ case: name, reason: "neither of them tells of entries after close" })),
  optional: ["flushSync", "stats", "onError", "lastStep"],
});

describe("a budget beside a sink", () => {
  for (const { group, name, skip, run } of cases) {
    test(`${group}: ${name}`, { timeout: 30_000 }, (context) =>
      skip ? context.skip(skip) : run(),
    );
  }
});
