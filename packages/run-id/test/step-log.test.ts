import { setImmediate as turn } from "node:timers/promises";
import { memorySink, StepLog } from "@step-log/core";
import { expect, test } from "vitest";
import { extract, inject, RunContext } from "../src/index.ts";

const kinds = (sink: ReturnType<typeof memorySink>) =>
  sink.records().map(({ run_id, type, step, writer }) => [run_id, type, step, writer?.length]);

test("a log made inside a run is that run's, with its parents", async () => {
  const sink = memorySink();
  const root = RunContext.start({ runId: "root" });
  await RunContext.run(root, async () => {
    await using log = new StepLog({ sink, run: { agent: { name: "planner" } } });
    await log.tool("delegate", {}, ({ step }) =>
      RunContext.run(RunContext.start({ runId: "child", parentStep: step }), async () => {
        await turn();
        await using sub = new StepLog({ sink });
        expect(sub.runId).toBe("child");
      }),
    );
  });
  const headers = sink.records().filter(({ type }) => type === "run_start");
  expect(headers).toMatchObject([
    { run_id: "root", agent: { name: "planner" }, parent_run_id: null, root_run_id: null },
    { run_id: "child", parent_run_id: "root", root_run_id: "root", parent_step: 1 },
  ]);
});

test("a log outside is a run of its own", () => {
  RunContext.run(RunContext.start({ runId: "a" }), () => {});
  expect(new StepLog({ sink: memorySink() }).runId).not.toBe("a");
});

test("further logs of one run have its id, a writer of their own, and no header", () => {
  const sink = memorySink();
  RunContext.run(RunContext.start({ runId: "r" }), () => {
    for (const name of ["one", "two", "three"]) new StepLog({ sink }).recordEvent(name);
    new StepLog({ sink, runId: "r" }).recordEvent("four");
  });
  expect(kinds(sink)).toEqual([
    ["r", "run_start", 0, undefined],
    ["r", "event", 1, undefined],
    ["r", "event", 2, 8],
    ["r", "event", 3, 8],
    ["r", "event", 4, 8],
  ]);
  const identities = sink.records().map(({ writer, step, type }) => `${writer} ${step} ${type}`);
  expect(new Set(identities).size).toBe(5);
});

test("a log with another id than the run's has nothing to do with it", () => {
  const sink = memorySink();
  RunContext.run(RunContext.start({ runId: "r" }), () => {
    new StepLog({ sink, runId: "other" });
    new StepLog({ sink });
  });
  expect(sink.records()).toMatchObject([
    { run_id: "other", type: "run_start", parent_run_id: null },
    { run_id: "r", type: "run_start" },
  ]);
});

test("parallel branches record into their own runs", async () => {
  const sink = memorySink();
  const branch = (i: number) =>
    RunContext.run(RunContext.start({ runId: `branch-${i}` }), async () => {
      const log = new StepLog({ sink });
      for (let step = 0; step < 3; step++) {
        await turn();
        log.recordEvent("at", RunContext.current()?.runId);
      }
    });
  await RunContext.run(RunContext.start({ runId: "root" }), () =>
    Promise.all(Array.from({ length: 50 }, (_, i) => branch(i))),
  );
  const events = sink.records().filter((record) => record.type === "event");
  expect(events).toHaveLength(150);
  for (const event of events) expect(event.data).toBe(event.run_id);
  const headers = sink.records().filter((record) => record.type === "run_start");
  expect(new Set(headers.map((header) => header.parent_run_id))).toEqual(new Set(["root"]));
});

test("a run that is older than its context is gone on with", () => {
  const sink = memorySink();
  const log = new StepLog({ sink, runId: "r" });
  RunContext.run(RunContext.start({ runId: log.runId, resume: true }), () => {
    new StepLog({ sink }).recordEvent("more");
  });
  expect(kinds(sink)).toEqual([
    ["r", "run_start", 0, undefined],
    ["r", "event", 1, 8],
  ]);
});

test("the child of a log that goes on with a run from elsewhere has the right root", () => {
  const root = RunContext.start({ runId: "root" });
  const caller = RunContext.start({ runId: "caller", parent: root });
  const headers = RunContext.run(caller, () => inject());
  const sink = memorySink();
  RunContext.run(
    extract(headers) ?? root,
    () => void new StepLog({ sink }).child({ runId: "sub" }),
  );
  expect(sink.records()).toMatchObject([
    { run_id: "sub", parent_run_id: "caller", root_run_id: "root" },
  ]);
});
