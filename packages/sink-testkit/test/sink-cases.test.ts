import type { Sink, StepRecord } from "@step-log/core";
import { describe, expect, it } from "vitest";
import { type SinkCasesOptions, sinkCases } from "../src/index.ts";
import { OPTIONAL_MEMBERS } from "../src/sink-cases-options.ts";
import { failureOf } from "./failure-of.ts";
import { referenceSink } from "./reference-sink.ts";
import { SINK_MUTANTS } from "./sink-mutants.ts";
import { type TestStore, testStore } from "./test-store.ts";

describe("a sink that keeps the contract", () => {
  for (const onFailure of ["retry", "drop"] as const) {
    describe(`and answers failures with a ${onFailure}`, () => {
      for (const { group, name, run } of casesOf((store) => referenceSink(store, { onFailure }))) {
        it(`passes: ${group}: ${name}`, run);
      }
    });
  }
});

describe("a sink that breaks the contract", () => {
  for (const { name } of casesOf(referenceSink)) {
    it(`is caught by: ${name}`, async () => {
      const mutant = SINK_MUTANTS[name];
      if (mutant === undefined)
        throw new Error("the case has no mutant, so nobody knows it can fail");
      const timeoutMs = mutant.hangs === true ? 300 : 10_000;
      const failure = await failureOf(casesOf(mutant.sink, { timeoutMs }), name);
      expect(failure, "the case did not notice").toBeInstanceOf(Error);
      expect(/did not settle/.test(failure?.message ?? "")).toBe(mutant.hangs === true);
    });
  }

  it("is known for every case, and for no others", () => {
    const names = casesOf(referenceSink).map(({ name }) => name);
    expect(Object.keys(SINK_MUTANTS).sort()).toEqual(names.sort());
  });
});

describe("sinkCases", () => {
  const create = () => referenceSink(testStore());
  const read = () => [];

  it("lists a case that is skipped with its reason", () => {
    const skip = [{ case: "a line of 8 MiB is stored", reason: "the store takes 1 MiB at most" }];
    const found = casesOf(referenceSink, { skip }).filter((one) => one.skip !== undefined);
    expect(found).toMatchObject([
      { name: "a line of 8 MiB is stored", skip: "the store takes 1 MiB at most" },
    ]);
  });

  it("refuses to skip a case that it does not have", () => {
    const skip = [{ case: "a line of 9 MiB is stored", reason: "too long" }];
    expect(() => casesOf(referenceSink, { skip })).toThrow(/no case is called "a line of 9 MiB/);
  });

  it("refuses to skip a case without a reason", () => {
    const skip = [{ case: "a line of 8 MiB is stored", reason: " " }];
    expect(() => casesOf(referenceSink, { skip })).toThrow(/needs a reason/);
  });

  it("skips what needs faults with the reason why there are none", () => {
    const cases = sinkCases({ create, read, faults: { none: "an array cannot fail" } });
    const failure = cases.filter(({ group }) => group === "failure");
    expect(failure.length).toBeGreaterThan(0);
    expect(failure.every(({ skip }) => skip === "an array cannot fail")).toBe(true);
  });

  it("refuses faults that are missing, or none without a reason", () => {
    // @ts-expect-error: a JavaScript user may forget it
    expect(() => sinkCases({ create, read })).toThrow(TypeError);
    expect(() => sinkCases({ create, read, faults: { none: "" } })).toThrow(TypeError);
  });

  it("skips cases of optional members that the sink does not declare", () => {
    const cases = casesOf(referenceSink, { optional: ["stats"] });
    const reasons = new Set(cases.flatMap(({ skip }) => skip ?? []));
    expect(reasons).toEqual(
      new Set(["the sink has no onError", "the sink has no flushSync", "the sink has no lastStep"]),
    );
  });

  it("gives every case a name of its own", () => {
    const names = casesOf(referenceSink).map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  it("gives every store an id of its own, and cleans up in reverse when a case fails", async () => {
    const events: string[] = [];
    const ids = new Set<string>();
    const cases = sinkCases({
      create({ id, onCleanup }) {
        ids.add(id);
        onCleanup(() => void events.push("first"));
        onCleanup(async () => void events.push("second"));
        return referenceSink(testStore());
      },
      read: () => [],
      faults: { none: "not of interest here" },
    });
    const order = cases.filter(({ group }) => group === "order");
    for (const { name } of order) expect(await failureOf(cases, name)).toBeInstanceOf(Error);
    expect(ids.size).toBe(order.length);
    expect(events).toEqual(order.flatMap(() => ["second", "first"]));
    for (const id of ids) expect(id).toMatch(/^[a-z0-9-]+$/);
  });

  it("reads a store as text, as lines or as records", async () => {
    const forms = [
      (lines: readonly string[]) => lines.join(""),
      (lines: readonly string[]) => lines.map((line) => line.trimEnd()),
      (lines: readonly string[]) => lines.map((line) => JSON.parse(line) as StepRecord),
    ];
    for (const form of forms) {
      const store = testStore();
      const cases = sinkCases({
        create: () => referenceSink(store),
        read: async () => form(store.lines),
        faults: { none: "not of interest here" },
      });
      const name = "text of every kind is stored as it is";
      expect(await failureOf(cases, name)).toBeUndefined();
      store.lines.push("a bad line\n");
      expect(await failureOf(cases, name)).toBeInstanceOf(Error);
    }
  });
});

function casesOf(
  makeSink: (store: TestStore) => Sink,
  options: Partial<SinkCasesOptions> = {},
): ReturnType<typeof sinkCases> {
  const stores = new Map<Sink, TestStore>();
  const storeOf = (sink: Sink) => stores.get(sink) ?? testStore();
  return sinkCases({
    create() {
      const store = testStore();
      const sink = makeSink(store);
      stores.set(sink, store);
      return sink;
    },
    read: (sink) => [...storeOf(sink).lines],
    faults: {
      break: (sink) => storeOf(sink).setBroken(true),
      mend: (sink) => storeOf(sink).setBroken(false),
      waitMs: 20,
    },
    optional: OPTIONAL_MEMBERS,
    escaped: (sink) => storeOf(sink).outside,
    ...options,
  });
}
