import { filterSink, type MemorySink, memorySink, type Sink, teeSink } from "@step-log/core";
import { describe, it } from "vitest";
import {
  type ConformanceCase,
  type SkippedCase,
  sinkCases,
  sourceCases,
  testEntry,
} from "../src/index.ts";
import { referenceSink } from "./reference-sink.ts";
import { type TestStore, testStore } from "./test-store.ts";

describe("memorySink", () => {
  run(
    sinkCases({
      create: () => memorySink(),
      read: (sink) => sink.lines,
      faults: { none: "memory does not fail" },
      optional: ["flushSync", "stats", "lastStep"],
    }),
  );
});

describe("memorySink, read as a source", () => {
  run(
    sourceCases({
      create(lines) {
        const sink = memorySink();
        for (const line of lines) {
          const record = parsed(line);
          sink.write({ ...testEntry({ runId: record.run_id, step: record.step }), line });
        }
        return sink;
      },
      skip: [
        "bad lines do not keep the records around them from being read",
        "readAll passes on every bad line, with its size and a reason",
        "runs lists the runs around bad lines, and no others",
      ].map((name) => ({ case: name, reason: "only records can be written to it" })),
    }),
  );
});

describe("filterSink", () => {
  const inner = new Map<Sink, MemorySink>();
  run(
    sinkCases({
      create() {
        const memory = memorySink();
        const sink = filterSink(memory, () => true);
        inner.set(sink, memory);
        return sink;
      },
      read: (sink) => inner.get(sink)?.lines ?? [],
      faults: { none: "memory does not fail" },
      optional: ["flushSync", "stats", "lastStep"],
    }),
  );
});

describe("filterSink over a sink that takes its time and can fail", () => {
  run(wrapperCases((inner) => filterSink(inner, () => true)));
});

const countedTwice = [
  "stats counts an entry that was written after close as dropped",
  "stats of a run has the dropped entries of that run alone",
].map((name) => ({ case: name, reason: "each of the two sinks counts what it drops" }));

describe("teeSink, seen through a sink that can fail, beside one that cannot", () => {
  run(wrapperCases((inner) => teeSink(memorySink(), inner), countedTwice));
});

describe("teeSink, seen through a healthy sink, beside one that throws at everything", () => {
  const stores = new Map<Sink, TestStore>();
  run(
    sinkCases({
      create() {
        const store = testStore();
        const sink = deaf(teeSink(throwing, referenceSink(store)));
        stores.set(sink, store);
        return sink;
      },
      read: (sink) => stores.get(sink)?.lines ?? [],
      faults: { none: "the failing half is not the one that is read" },
      optional: ["flushSync", "stats", "onError", "lastStep"],
      skip: [
        ...countedTwice,
        ...[
          "stats has every entry as written, pending or dropped at any time",
          "stats has nothing pending after a flush",
        ].map((name) => ({ case: name, reason: "one of the two sinks drops everything" })),
      ],
    }),
  );
});

/** The cases for a sink that wraps one with a store that can be broken. */
function wrapperCases(
  wrap: (inner: Sink) => Sink,
  skip: readonly SkippedCase[] = [],
): ConformanceCase[] {
  const stores = new Map<Sink, TestStore>();
  return sinkCases({
    create() {
      const store = testStore();
      const sink = wrap(referenceSink(store));
      stores.set(sink, store);
      return sink;
    },
    read: (sink) => stores.get(sink)?.lines ?? [],
    faults: {
      break: (sink) => stores.get(sink)?.setBroken(true),
      mend: (sink) => stores.get(sink)?.setBroken(false),
      waitMs: 20,
    },
    optional: ["flushSync", "stats", "onError", "lastStep"],
    skip,
  });
}

const throwing: Sink = {
  name: "throwing",
  write() {
    throw new Error("write");
  },
  async flush() {},
  async close() {},
};

/** The tee with a flush that tells what the healthy sink's tells, not that the other one threw. */
function deaf(tee: Sink): Sink {
  const flush: Sink["flush"] = async (options) => {
    const failures: Error[] = await tee.flush(options).then(
      () => [],
      (error: Error) => (error.cause instanceof AggregateError ? error.cause.errors : [error]),
    );
    const heard = failures.filter((error) => !error.message.includes("a sink that threw"));
    if (heard.length > 0) throw heard[0];
  };
  return { ...tee, flush };
}

function parsed(line: string): { run_id: string; step: number } {
  return JSON.parse(line);
}

function run(cases: readonly ConformanceCase[]): void {
  for (const { group, name, skip, run } of cases) {
    it(`${group}: ${name}`, async (context) => {
      if (skip !== undefined) context.skip(skip);
      await run();
    });
  }
}
