import { setTimeout as sleep } from "node:timers/promises";
import type { Entry } from "@step-log/core";
import { REFUSALS } from "@step-log/s3-servers";
import { describe, expect, test } from "vitest";
import { start, temporaryFolder } from "./child.ts";
import { linesIn } from "./lines-in.ts";
import { rig, run } from "./rig.ts";
import { until } from "./until.ts";

// `60000` for the whole of it.
const OUTAGE_MS = Number(process.env["STEP_LOG_OUTAGE_MS"] ?? 4_000);
// `1000000` for the whole of it.
const FLOOD_RECORDS = Number(process.env["STEP_LOG_FLOOD_RECORDS"] ?? 60_000);

describe.concurrent(`a bucket that is away for ${OUTAGE_MS} ms`, () => {
  test.each(["out of memory", "with a spool"])(
    "%s: everything is stored soon after it is back",
    async (name) => {
      const { sink: make, proxy, told, expectStored } = await rig();
      const options = name === "with a spool" ? { spoolDir: temporaryFolder() } : {};
      const sink = make({ ...options, partBytes: 20_000, flushMs: 500, requestTimeoutMs: 1_000 });
      const entries: Entry[] = [];
      const end = performance.now() + OUTAGE_MS;
      proxy.plan = () => "reset-before";
      for (let i = 0; performance.now() < end; i += 5) {
        const some = run("run", 5, i + 1);
        entries.push(...some);
        for (const entry of some) sink.write(entry);
        await sleep(10);
      }
      proxy.plan = undefined;
      await until(() => sink.stats().written > 0, 60_000);
      const noticed = performance.now() - end;
      await sink.close();
      const drained = performance.now() - end;
      expectStored(entries);
      expect(told.map(({ code, lost }) => [code, lost])).toEqual([["WRITE_FAILED", 0]]);
      // A tenth of the outage, or the least cap of a pause, with what the machine adds.
      expect(noticed).toBeLessThan(Math.max(0.1 * OUTAGE_MS, 1_000) + 500);
      console.log(`${name}: noticed after ${noticed | 0} ms, drained after ${drained | 0} ms`);
    },
    200_000,
  );
});

test("what finds no room is dropped, counted, told once, and told in the log when it goes on", async () => {
  const { sink: make, server, told } = await rig();
  server.refuse = () => REFUSALS.slowDown;
  // Not compressed, so that it is known when it is full.
  const options = { maxBufferBytes: 20_000, partBytes: 5_000, compression: "none" } as const;
  const sink = make(options);
  const entries = run("run", 40);
  let most = 0;
  for (const entry of entries) {
    sink.write(entry);
    most = Math.max(most, sink.stats().bufferedBytes);
  }
  expect(most).toBeLessThanOrEqual(1.05 * options.maxBufferBytes);
  const { dropped } = sink.stats("run");
  expect(dropped).toBeGreaterThan(10);
  expect(told.filter(({ code }) => code === "QUEUE_FULL")).toHaveLength(1);
  server.refuse = undefined;
  await expect(sink.flush()).rejects.toMatchObject({
    code: "QUEUE_FULL",
    lost: dropped,
    pending: 0,
  });
  await sink.close();
  const lines = linesIn(server);
  expect(lines.slice(0, -1)).toEqual(entries.slice(0, 40 - dropped).map(({ line }) => line));
  expect(JSON.parse(lines.at(-1) ?? "")).toMatchObject({
    type: "log_dropped",
    count: dropped,
    reason: "QUEUE_FULL",
  });
});

test("with overflow hold, nothing is dropped, and ready says when there is room", async () => {
  const { sink: make, server, expectStored } = await rig();
  server.refuse = () => REFUSALS.slowDown;
  const options = { maxBufferBytes: 20_000, partBytes: 5_000, compression: "none" } as const;
  const sink = make({ ...options, overflow: "hold" });
  await sink.ready();
  const entries = run("run", 40);
  for (const entry of entries) sink.write(entry);
  expect(sink.stats().dropped).toBe(0);
  let isReady = false;
  const ready = sink.ready().then(() => {
    isReady = true;
  });
  await sleep(50);
  expect(isReady).toBe(false);
  server.refuse = undefined;
  await ready;
  expect(sink.stats().bufferedBytes).toBeLessThan(20_000);
  await sink.close();
  expectStored(entries);
});

test("there is room again when parts are packed, though none can be stored", async () => {
  const { sink: make, server } = await rig();
  server.refuse = () => REFUSALS.slowDown;
  const sink = make({ maxBufferBytes: 20_000, partBytes: 5_000, overflow: "hold", deadlineMs: 0 });
  for (const entry of run("run", 40)) sink.write(entry);
  await sink.ready();
  expect(sink.stats()).toMatchObject({ written: 0, pending: 40 });
  await sink.close().catch(() => {});
});

test(`${FLOOD_RECORDS} records go through a process whose heap has 128 MB`, async () => {
  const { server, proxy } = await rig();
  const input = { endpoint: proxy.url, runId: "run", count: FLOOD_RECORDS, ending: "close" };
  const args = { ...input, pauseEvery: 100, quiet: true, options: {} };
  const child = start("record", args, ["--max-old-space-size=128"]);
  expect(await child.ended).toEqual({ code: 0, signal: null });
  expect(child.stderr()).toBe("");
  let count = 0;
  for (const line of linesIn(server)) {
    count++;
    if (!line.includes(`"step":${count},`)) throw new Error(`step ${count} is not there: ${line}`);
  }
  expect(count).toBe(FLOOD_RECORDS);
}, 300_000);
