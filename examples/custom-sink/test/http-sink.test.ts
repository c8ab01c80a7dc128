import type { StepLogError } from "@step-log/core";
import { sinkCases, testEntry, testRun } from "@step-log/sink-testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type HttpSinkOptions, httpSink } from "../http-sink.ts";
import { type LogServer, logServer } from "./log-server.ts";

// A loopback request takes about a millisecond; these let a failing one be repeated many times.
const quick = { requestTimeoutMs: 40, retryMs: 5 };

let server: LogServer;
beforeAll(async () => {
  server = await logServer();
});
afterAll(() => server.close());

const failures = ["500", "reset", "redirect", "store and reset", "hang"] as const;

describe.for(failures)("an endpoint whose failure is: %s", (failure) => {
  const cases = sinkCases({
    create: ({ id }) => httpSink({ url: server.url(id), ...(failure === "hang" ? quick : {}) }),
    read: (_, { id }) => server.endpoint(id).lines,
    faults: {
      break(_, { id }) {
        server.endpoint(id).answer = failure;
      },
      mend(_, { id }) {
        server.endpoint(id).answer = "ok";
      },
      waitMs: 100,
    },
    optional: ["stats", "onError"],
  });
  // How it fails makes no difference to the cases in which it does not.
  const wanted = failure === "500" ? cases : cases.filter(({ group }) => group === "failure");
  for (const { group, name, skip, run } of wanted) {
    it(`${group}: ${name}`, { timeout: 30_000 }, async (context) => {
      if (skip !== undefined) context.skip(skip);
      await run();
    });
  }
});

it("sends what gathers while a request is on its way as one batch", async () => {
  const { sink, endpoint } = open("batches");
  sink.write(testEntry({ runId: "run", step: 0 }));
  const first = sink.flush();
  await untilPosted("batches", 1, first);
  for (const entry of testRun("run", 500)) sink.write(entry);
  await sink.flush();
  expect(endpoint.posts.length).toBeLessThanOrEqual(3);
  expect(endpoint.lines.length).toBe(501);
});

it("keeps batches below the limit, and sends a longer line alone", async () => {
  const { sink, endpoint } = open("limits", { batchBytes: 1_000 });
  for (const [step, length] of [10, 10, 5_000, 10].entries()) {
    sink.write(testEntry({ runId: "run", step, record: { data: "x".repeat(length) } }));
  }
  await sink.flush();
  const sizes = endpoint.posts.map(({ body }) => body.split("\n").length - 1);
  expect(sizes).toEqual([2, 1, 1]);
});

it("repeats a batch whose answer was lost under the same key, so that it is stored once", async () => {
  const { sink, endpoint } = open("key");
  endpoint.answer = "store and reset";
  sink.write(testEntry({ runId: "run", step: 1 }));
  const flushed = sink.flush();
  await untilPosted("key", 2, flushed);
  endpoint.answer = "ok";
  await flushed;
  expect(new Set(endpoint.posts.map(({ key, body }) => key + body)).size).toBe(1);
  expect(endpoint.lines.length).toBe(1);
});

it("drops and counts a batch that the endpoint refuses for good, and goes on with the next", async () => {
  const { sink, endpoint, heard } = open("refused");
  endpoint.answer = "400";
  for (const entry of testRun("run", 3)) sink.write(entry);
  await expect(sink.flush()).rejects.toMatchObject({ code: "WRITE_FAILED", lost: 3 });
  endpoint.answer = "ok";
  sink.write(testEntry({ runId: "run", step: 4 }));
  await sink.flush();
  expect(heard[0]).toMatchObject({ message: "http: the endpoint answered 400" });
  expect(endpoint.lines.map((line) => JSON.parse(line))).toMatchObject([
    { type: "log_dropped", run_id: "run", count: 3 },
    { type: "event", step: 4 },
  ]);
});

it("drops and counts what comes when the queue is full, and says so in the log", async () => {
  const { sink, endpoint } = open("full", { maxQueueBytes: 1_000 });
  endpoint.answer = "500";
  const line = Buffer.byteLength(testEntry({ runId: "run", step: 1 }).line);
  const fits = Math.floor(1_000 / line);
  for (let step = 1; step <= fits + 5; step++) sink.write(testEntry({ runId: "run", step: 1 }));
  expect(sink.stats?.()).toEqual({
    written: 0,
    pending: fits,
    pendingBytes: fits * line,
    dropped: 5,
  });
  endpoint.answer = "ok";
  await expect(sink.flush()).rejects.toMatchObject({ lost: 5 });
  const dropped = endpoint.lines.map((text) => JSON.parse(text)).find((it) => it.count > 0);
  expect(dropped).toMatchObject({ type: "log_dropped", count: 5, reason: "QUEUE_FULL" });
});

it("sends JSONL with the headers of its options", async () => {
  const { sink, endpoint } = open("headers", { headers: { "x-team": "search" } });
  sink.write(testEntry({ runId: "run", step: 1 }));
  await sink.close();
  expect(endpoint.posts[0]).toMatchObject({
    headers: { "content-type": "application/x-ndjson", "x-team": "search" },
  });
});

function open(id: string, options: Partial<HttpSinkOptions> = {}) {
  const sink = httpSink({ url: server.url(id), ...quick, ...options });
  const heard: StepLogError[] = [];
  sink.onError?.((error) => heard.push(error));
  return { sink, heard, endpoint: server.endpoint(id) };
}

/** Waits until so many requests have come, or `other` has settled. */
async function untilPosted(id: string, count: number, other: Promise<void>): Promise<void> {
  let settled = false;
  other.then(
    () => {
      settled = true;
    },
    () => {
      settled = true;
    },
  );
  while (!settled && server.endpoint(id).posts.length < count) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}
