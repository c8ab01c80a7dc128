import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type CarrierRecord,
  extract,
  extractEnv,
  inject,
  injectEnv,
  RunContext,
  runIdOf,
  traceIdOf,
} from "../src/index.ts";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const FOREIGN = `00-${TRACE}-00f067aa0ba902b7-01`;
const root = RunContext.start({ runId: "01a3c2f0-5f0e-7b6a-9d53-2f1c8a7b6e5d" });
const child = RunContext.start({
  runId: "01a3c2f0-6b11-7c02-8e44-5d6f7a8b9c0d",
  parent: root,
  baggage: { tenant: "acme GmbH" },
});

test("headers say which run calls, in which trace", () => {
  expect(RunContext.run(child, () => inject())).toEqual({
    traceparent: "00-01a3c2f05f0e7b6a9d532f1c8a7b6e5d-8e445d6f7a8b9c0d-01",
    baggage: [
      "step_log.run_id=01a3c2f0-6b11-7c02-8e44-5d6f7a8b9c0d",
      "step_log.root_run_id=01a3c2f0-5f0e-7b6a-9d53-2f1c8a7b6e5d",
      "step_log.depth=1",
      "tenant=acme%20GmbH",
    ].join(),
    "x-run-id": "01a3c2f0-6b11-7c02-8e44-5d6f7a8b9c0d",
  });
});

test("other headers stay, whatever they are called", () => {
  const headers = { constructor: "a", toString: "b", ["__proto__"]: "c", Accept: "d" };
  expect(inject(headers, { run: root })).toMatchObject(headers);
  expect(extract(headers)).toBeUndefined();
});

test("outside a run nothing is added", () => {
  const headers = { accept: "text/plain" };
  expect(inject()).toEqual({});
  expect(inject(headers)).toBe(headers);
  expect(injectEnv({ A: "1" })).toEqual({ A: "1" });
});

test("what was given stays as it was", () => {
  const [record, headers, env] = [{ Accept: "a" }, new Headers({ accept: "a" }), { A: "1" }];
  const frozen = Object.freeze(record);
  expect(inject(frozen, { run: root })).toMatchObject({ Accept: "a", "x-run-id": root.runId });
  expect(inject(headers, { run: root }).get("x-run-id")).toBe(root.runId);
  expect(injectEnv(env, { run: root })).toMatchObject({ A: "1", STEP_LOG_RUN_ID: root.runId });
  expect([record, [...headers], env]).toEqual([{ Accept: "a" }, [["accept", "a"]], { A: "1" }]);
});

describe("a run", () => {
  const texts = fc.string({ unit: "grapheme", minLength: 1, maxLength: 60 });
  const portable = texts.filter((text) => !/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(text));
  const contexts = fc
    .tuple(
      fc.array(fc.oneof(portable, fc.uuid()), { minLength: 1, maxLength: 4 }),
      fc.dictionary(fc.stringMatching(/^[a-z-]{1,9}$/), fc.string(), { noNullPrototype: true }),
      fc.boolean(),
    )
    .map(([ids, baggage, sampled]) =>
      ids.reduce<RunContext | null>(
        (parent, runId) => RunContext.start({ runId, parent, baggage, sampled }),
        null,
      ),
    );

  test.each<[string, (run: RunContext) => RunContext | undefined]>([
    ["a plain object", (run) => extract(inject({}, { run }))],
    ["Headers", (run) => extract(inject(new Headers(), { run }))],
    ["an object of bytes, as of a queue", (run) => extract(asBytes(inject({}, { run })))],
    [
      "a structured clone, as of workerData",
      (run) => extract(structuredClone(inject({}, { run }))),
    ],
    ["pairs", (run) => extract(Object.entries(inject({}, { run })))],
    ["a Map", (run) => extract(new Map(Object.entries(inject({}, { run }))))],
    ["names in capitals", (run) => extract(inCapitals(inject({}, { run })))],
    ["the environment", (run) => extractEnv(injectEnv({}, { run }))],
  ])("comes through %s as it was", (_, passed) => {
    fc.assert(
      fc.property(contexts, (run) => {
        fc.pre(run !== null);
        const { runId, rootRunId, depth, traceId, sampled, baggage } = run;
        const got = passed(run);
        expect(got).toEqual({ runId, rootRunId, depth, traceId, sampled, baggage, resume: true });
      }),
    );
  });

  test("that makes a call in a step has children that name the step", () => {
    const incoming = extract(inject({}, { run: child, step: 12 }));
    expect(incoming?.step).toBe(12);
    expect(RunContext.start({ parent: incoming })).toMatchObject({
      parentRunId: child.runId,
      parentStep: 12,
      rootRunId: root.runId,
      depth: 2,
      traceId: root.traceId,
      resume: false,
    });
  });

  test("whose id nobody could read travels by its trace id alone", () => {
    for (const runId of ["a\nb", "\u202egnp.exe", "x".repeat(300)]) {
      const run = RunContext.start({ runId });
      const headers = inject({}, { run });
      expect(headers).toEqual({ traceparent: expect.stringContaining(traceIdOf(runId)) });
      expect(extract(headers)?.traceId).toBe(run.traceId);
    }
  });
});

describe("beside another tracer", () => {
  test("its trace goes on, and is that of the runs", () => {
    const incoming = extract({ traceparent: FOREIGN, tracestate: "vendor=opaque,other=1" });
    expect(incoming).toMatchObject({
      runId: runIdOf(TRACE),
      rootRunId: runIdOf(TRACE),
      traceId: TRACE,
      traceState: "vendor=opaque,other=1",
    });
    const run = RunContext.start({ parent: incoming });
    expect(inject({}, { run })).toMatchObject({
      traceparent: expect.stringContaining(`00-${TRACE}-`),
      tracestate: "vendor=opaque,other=1",
    });
  });

  test("a traceparent that is there stays, while the run travels beside it", () => {
    const headers = inject({ Traceparent: FOREIGN, tracestate: "v=1" }, { run: child });
    expect(headers).toMatchObject({ Traceparent: FOREIGN, tracestate: "v=1" });
    expect(headers).not.toHaveProperty("traceparent");
    expect(extract(headers)).toMatchObject({
      runId: child.runId,
      rootRunId: root.runId,
      depth: 1,
      traceId: TRACE,
    });
  });

  test("a traceparent that says nothing is replaced", () => {
    const headers = inject(new Headers({ traceparent: "00-0-0-00" }), { run: root });
    expect(headers.get("traceparent")).toContain(root.traceId);
  });

  test("baggage that is there stays, with its properties, and goes before the run's", () => {
    const before = { baggage: "tenant=other;p=1,a=1,step_log.run_id=old,step_log.depth=9" };
    const { baggage } = inject(before, { run: child });
    expect(baggage.split(",").slice(-2)).toEqual(["tenant=other;p=1", "a=1"]);
    expect(extract({ baggage })).toMatchObject({ runId: child.runId, depth: 1 });
  });

  test("an unsampled trace stays so", () => {
    const parent = extract({ traceparent: FOREIGN.replace(/1$/, "0") });
    const run = RunContext.start({ parent });
    expect(inject({}, { run })).toMatchObject({ traceparent: expect.stringMatching(/-00$/) });
  });

  test("what it says beside its trace goes through the environment, too", () => {
    const run = extract({ traceparent: FOREIGN, tracestate: "v=1" });
    expect(extractEnv(injectEnv({}, { run }))).toMatchObject({ traceId: TRACE, traceState: "v=1" });
  });

  test("the environment that began this process does not stay", () => {
    const env = { TRACEPARENT: FOREIGN, TRACESTATE: "v=1", BAGGAGE: "a=1,step_log.depth=5" };
    expect(injectEnv(env, { run: root })).toEqual({
      TRACEPARENT: expect.stringContaining(root.traceId),
      BAGGAGE: `step_log.run_id=${root.runId},a=1`,
      STEP_LOG_RUN_ID: root.runId,
    });
  });
});

describe("which of several counts", () => {
  const own = "step_log.run_id=from-baggage";

  test.each<[string, Record<string, string>, object]>([
    [
      "x-run-id alone",
      { "x-run-id": "job-17" },
      { runId: "job-17", rootRunId: "job-17", depth: 0 },
    ],
    ["x-run-id before baggage", { "x-run-id": "job-17", baggage: own }, { runId: "job-17" }],
    [
      "its root is that of the baggage",
      { "x-run-id": "j", baggage: own },
      { rootRunId: "from-baggage" },
    ],
    [
      "baggage before traceparent",
      { baggage: own, traceparent: FOREIGN },
      { runId: "from-baggage" },
    ],
    [
      "x-run-id in a foreign trace",
      { "x-run-id": "j", traceparent: FOREIGN },
      { rootRunId: "j", traceId: TRACE },
    ],
  ])("%s", (_, headers, expected) => {
    expect(extract(headers)).toMatchObject(expected);
  });

  test("a step counts for the run that it is of alone", () => {
    const baggage = `${own},step_log.step=3`;
    expect(extract({ baggage })?.step).toBe(3);
    expect(extract({ baggage, "x-run-id": "other" })).not.toHaveProperty("step");
  });

  test("without baggage the root is that of the trace, if the run sent it itself", () => {
    const { baggage, ...headers } = RunContext.run(child, () => inject());
    expect(extract(headers)).toMatchObject({ runId: child.runId, rootRunId: root.runId });
  });
});

describe("hostile input", () => {
  test.each<[string, unknown]>([
    ["nothing", undefined],
    ["null", null],
    ["a text", "traceparent"],
    ["a number", 7],
    ["a list", [1, [], ["traceparent"], [{}, {}], null]],
    ["empty headers", new Headers()],
    ["objects as values", { traceparent: {}, baggage: { a: 1 }, "x-run-id": () => "a" }],
    ["malformed all over", { traceparent: "00-x", baggage: "=;=,,", "x-run-id": "a, b" }],
    ["an empty id", { "x-run-id": "" }],
    ["an id with a line end", { "x-run-id": "a%0d%0ab" }],
    ["an id that turns the direction", { "x-run-id": "%e2%80%aegnp" }],
    ["an id without end", { "x-run-id": "a".repeat(257) }],
    ["a list of ids", { "x-run-id": ["a", "b"] }],
    ["an own baggage that is empty", { baggage: "step_log.run_id=" }],
    [
      "a getter that throws",
      {
        get traceparent(): string {
          throw new Error("no");
        },
      },
    ],
    ["a proxy that refuses", new Proxy({}, { ownKeys: refuse, has: refuse, get: refuse })],
    ["pairs without end", endless()],
    ["a list that holds itself", { baggage: selfish() }],
  ])("tells of no run: %s", (_, carrier) => {
    expect(extract(carrier as Headers)).toBeUndefined();
    expect(extractEnv(carrier as NodeJS.ProcessEnv)).toBeUndefined();
  });

  test("is never thrown at, nor believed beyond its form", () => {
    const values = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.array(fc.string()),
      fc.uint8Array(),
      fc.anything({ withNullPrototype: true }),
    );
    const names = fc.constantFrom("traceparent", "TraceState", "baggage", "X-Run-Id", "__proto__");
    fc.assert(
      fc.property(fc.array(fc.tuple(names, values)), (pairs) => {
        for (const carrier of [pairs, Object.fromEntries(pairs), new Map(pairs)] as unknown[]) {
          const run = extract(carrier as CarrierRecord);
          if (run === undefined) continue;
          expect(run.runId).toMatch(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]{1,256}$/u);
          const next = inject(new Headers(), { run: RunContext.start({ parent: run }) });
          expect(extract(next)?.traceId).toBe(run.traceId);
        }
      }),
      { numRuns: 500 },
    );
  });

  test("as a carrier of outgoing headers is given back", () => {
    const carrier = new Proxy({}, { ownKeys: refuse });
    expect(inject(carrier, { run: root })).toBe(carrier);
  });
});

function refuse(): never {
  throw new Error("no");
}

function* endless(): Generator<readonly [string, string]> {
  for (;;) yield ["accept", "*/*"];
}

function selfish(): unknown[] {
  const list: unknown[] = [];
  list.push(list);
  return list;
}

function asBytes(record: object): Record<string, Uint8Array> {
  const entries = Object.entries(record).map(([name, text]) => [name, Buffer.from(text)]);
  return Object.fromEntries(entries);
}

function inCapitals(record: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(record).map(([name, text]) => [name.toUpperCase(), text]),
  );
}
