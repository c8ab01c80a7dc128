// Two runs at once, with children in a worker thread and behind HTTP headers, all heard on a bus and on the
// channel of node:diagnostics_channel. Fails with an AssertionError where a runtime keeps context otherwise.
import assert from "node:assert/strict";
import { subscribe } from "node:diagnostics_channel";
import { once } from "node:events";
import { setImmediate as turn } from "node:timers/promises";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { StepLog } from "@step-log/core";
import { busSink, eventBus, RECORD_CHANNEL } from "@step-log/event-bus";
import {
  extract,
  inject,
  isRunId,
  newRunId,
  RunContext,
  runIdOf,
  traceIdOf,
} from "@step-log/run-id";

if (isMainThread) await main();
else parentPort.postMessage(RunContext.start({ parent: extract(workerData) }));

async function main() {
  const bus = eventBus();
  const headers = [];
  const published = [];
  bus.on("run.start", ({ payload }) => headers.push(payload));
  subscribe(RECORD_CHANNEL, ({ record }) => published.push(record));
  const sink = busSink(bus);

  async function* steps() {
    for (let i = 0; i < 3; i++) {
      await turn();
      yield RunContext.current()?.runId;
    }
  }
  const agent = async () => {
    const { runId } = RunContext.current();
    const log = new StepLog({ sink });
    assert.equal(log.runId, runId);
    for await (const id of steps()) assert.equal(id, runId);
    await new Promise((done) => setTimeout(done, 1));
    assert.equal(RunContext.current().runId, runId);

    const called = extract(new Headers(inject({}, { step: 3 })));
    await RunContext.run(RunContext.start({ parent: called }), async () => {
      await turn();
      new StepLog({ sink }).end();
    });
    const worker = new Worker(new URL(import.meta.url), { workerData: inject() });
    const [child] = await once(worker, "message");
    assert.equal(child.parentRunId, runId);
    await log.close();
    return RunContext.run(RunContext.start(), steps);
  };
  const contexts = [RunContext.start(), RunContext.start()];
  const streams = await Promise.all(contexts.map((context) => RunContext.run(context, agent)));
  for (const stream of streams) assert.ok(isRunId((await stream.next()).value));

  assert.equal(headers.length, 4);
  for (const { runId } of contexts) {
    const [child] = headers.filter((header) => header.parent_run_id === runId);
    assert.deepEqual([child.root_run_id, child.parent_step], [runId, 3]);
  }
  assert.equal(published.length, 8);
  const id = newRunId();
  assert.equal(runIdOf(traceIdOf(id)), id);
  assert.equal(RunContext.current(), undefined);
}
