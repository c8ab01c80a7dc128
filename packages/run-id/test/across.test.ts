import { execFile } from "node:child_process";
import { once } from "node:events";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { setImmediate as turn } from "node:timers/promises";
import { promisify } from "node:util";
import { Worker } from "node:worker_threads";
import { memorySink, StepLog } from "@step-log/core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { extract, inject, injectEnv, RunContext } from "../src/index.ts";
import { program } from "./program.ts";

const agent = program("agent");
const root = RunContext.start({ runId: "root" });
const caller = RunContext.start({ runId: "caller", parent: root, baggage: { tenant: "acme" } });

const asChild = {
  caller: { runId: "caller", rootRunId: "root", depth: 1, step: 4, baggage: { tenant: "acme" } },
  context: { parentRunId: "caller", parentStep: 4, rootRunId: "root", depth: 2 },
  records: [
    { type: "run_start", parent_run_id: "caller", parent_step: 4, root_run_id: "root" },
    { type: "event" },
  ],
};
const asWriter = { records: [{ run_id: "caller", type: "event", writer: expect.any(String) }] };
const cases = [
  ["a run of its own, with the caller as its parent", "child", asChild],
  ["a further writer of the caller's run", "resume", asWriter],
] as const;

test.each(cases)("a child process is %s", async (_, how, expected) => {
  const env = injectEnv(process.env, { run: caller, step: 4 });
  const { stdout } = await promisify(execFile)(process.execPath, [agent, how], { env });
  expect(JSON.parse(stdout)).toMatchObject(expected);
});

test.each(cases)("a worker thread with the run in workerData is %s", async (_, how, expected) => {
  const run = inject({}, { run: caller, step: 4 });
  const worker = new Worker(agent, { workerData: { how, run } });
  const [report] = await once(worker, "message");
  expect(report).toMatchObject(expected);
});

test("a worker thread with the run in its environment knows the caller too", async () => {
  const env = injectEnv(process.env, { run: caller, step: 4 });
  const worker = new Worker(agent, { env, workerData: { how: "child" } });
  const [report] = await once(worker, "message");
  expect(report).toMatchObject(asChild);
});

describe("a service that is called over HTTP", () => {
  const sink = memorySink();
  // The answer of each is its own run, told after others have come in between.
  const server = createServer((incoming, response) => {
    const own = RunContext.start({ parent: extract(incoming.headers) });
    void RunContext.run(own, async () => {
      const log = new StepLog({ sink });
      for (let i = 0; i < 5; i++) await turn();
      log.recordEvent("answered", RunContext.current()?.runId);
      response.end(JSON.stringify({ own, headers: incoming.headers }));
    });
  });
  let url = "";
  beforeAll(async () => {
    await once(server.listen(0, "127.0.0.1"), "listening");
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  test("has a run of its own for each request, with its caller as the parent", async () => {
    const call = (i: number) => {
      const run = RunContext.start({ runId: `caller ${i} ✈`, parent: root });
      return RunContext.run(run, async () => {
        const response = await fetch(url, { headers: inject({ accept: "*/*" }) });
        const { own } = (await response.json()) as { own: RunContext };
        expect(own).toMatchObject({ parentRunId: run.runId, rootRunId: "root", depth: 2 });
        return own.runId;
      });
    };
    const ids = await Promise.all(Array.from({ length: 40 }, (_, i) => call(i)));
    expect(new Set(ids).size).toBe(40);
    const events = sink.records().filter((record) => record.type === "event");
    expect(events).toHaveLength(40);
    for (const event of events) expect(event.data).toBe(event.run_id);
  });

  test("hears of it through Headers and Node's own client too", async () => {
    const viaFetch = await fetch(url, { headers: inject(new Headers(), { run: caller }) });
    expect(await viaFetch.json()).toMatchObject({ own: { parentRunId: "caller" } });
    const outgoing = request(url, { headers: inject({}, { run: caller }) }).end();
    const [response] = await once(outgoing, "response");
    const chunks: Buffer[] = await response.toArray();
    const text = Buffer.concat(chunks).toString();
    expect(JSON.parse(text)).toMatchObject({ own: { parentRunId: "caller" } });
  });

  test("answers hostile headers with a run of its own", async () => {
    const hostile = [
      ["host", "127.0.0.1"],
      ["traceparent", "ff-0-0-0"],
      ["traceparent", `00-${"0".repeat(32)}-${"0".repeat(16)}-00`],
      ["tracestate", "\xff"],
      ["baggage", `${"=,;".repeat(2000)}step_log.run_id=%0a`],
      ["x-run-id", "%00"],
      ["x-run-id", "../../etc/passwd"],
    ];
    const outgoing = request(url, { headers: hostile.flat() }).end();
    const [response] = await once(outgoing, "response");
    const { own } = JSON.parse(Buffer.concat(await response.toArray()).toString());
    expect(own).toMatchObject({ depth: 0, rootRunId: own.runId });
  });
});
