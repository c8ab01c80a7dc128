import {
  CEPH,
  everyNth,
  faultProxy,
  LIGHT,
  type ServerUnderTest,
  SWIFT,
} from "@step-log/s3-servers";
import { testRun } from "@step-log/sink-testkit";
import { describe, expect, test } from "vitest";
import { compact, expire, s3Sink, s3Source } from "../src/index.ts";
import { collect, range, stepsOf } from "./support/collect.ts";
import { optionsFor } from "./support/store-of.ts";
import { useServer } from "./support/use-server.ts";

const PARTS = { partBytes: 1_024 };

// One set of cases for all; Swift has no conditions on writes.
describe.each<ServerUnderTest>([LIGHT, CEPH, SWIFT])("$name", (underTest) => {
  const server = useServer(underTest);

  test("what 4 sinks write of one run is read in order, nothing lost, nothing doubled", async () => {
    const url = "s3://logs/together/";
    const sinks = range(1, 4).map(() => s3Sink(url, { ...optionsFor(server()), ...PARTS }));
    for (const [index, entry] of testRun("a/b:c", 400).entries()) sinks[index % 4]?.write(entry);
    await Promise.all(sinks.map((sink) => sink.close()));
    const source = s3Source(url, optionsFor(server()));
    expect(stepsOf(await collect(source.read("a/b:c")))).toEqual(range(1, 400));
    const report = await source.report("a/b:c");
    expect(report).toMatchObject({ records: 400, duplicates: 0, isComplete: true });
    expect(report.writers.length).toBe(4);
  });

  test("PUTs and GETs that fail after the store has done them lose and double nothing", async () => {
    const proxy = await faultProxy(server().url, (request) =>
      request.method === "PUT"
        ? everyNth(2, "reset-after-store")(request)
        : everyNth(3, "cut-response", "GET")(request),
    );
    const url = "s3://logs/faults/";
    const sink = s3Sink(url, { ...optionsFor(server(), proxy.url), ...PARTS, onError: () => {} });
    for (const entry of testRun("a", 200)) sink.write(entry);
    await sink.close();
    const source = s3Source(url, optionsFor(server(), proxy.url));
    expect(stepsOf(await collect(source.read("a")))).toEqual(range(1, 200));
    expect(await source.report("a")).toMatchObject({ duplicates: 0, isComplete: true });
    expect(proxy.faults.get("reset-after-store")).toBeGreaterThan(5);
    await proxy.close();
  }, 60_000);

  test("runs are packed, read from the packs, and deleted with their day", async () => {
    const url = "s3://logs/packed/";
    const options = optionsFor(server());
    const sink = s3Sink(url, { ...options, ...PARTS });
    for (const runId of ["a", "b"]) for (const entry of testRun(runId, 100)) sink.write(entry);
    await sink.close();
    // The clock of a store may be a little ahead, and tells whole seconds.
    await expect
      .poll(async () => (await compact(url, { ...options, closedForMs: 0 })).packedParts, {
        timeout: 10_000,
        interval: 200,
      })
      .toBeGreaterThan(10);
    await expect
      .poll(async () => (await compact(url, { ...options, graceMs: 0 })).leftParts, {
        timeout: 10_000,
        interval: 200,
      })
      .toBe(0);
    const source = s3Source(url, options);
    for (const runId of ["a", "b"]) {
      expect(stepsOf(await collect(source.read(runId)))).toEqual(range(1, 100));
    }
    expect(await expire(url, { ...options, beforeDay: "2026-01-01" })).toMatchObject({
      objects: 2,
      days: ["2025-05-22"],
    });
    expect(await collect(source.readAll())).toEqual([]);
  }, 60_000);
});

describe("a gateway that goes away", () => {
  const server = useServer(CEPH);

  /** Writes and reads while something happens to the gateway. */
  async function across(name: string, away: () => Promise<void>, back: () => Promise<void>) {
    const url = `s3://logs/${name}/`;
    const options = { ...optionsFor(server()), requestTimeoutMs: 1_000 };
    const sink = s3Sink(url, { ...options, ...PARTS, deadlineMs: 60_000, onError: () => {} });
    const entries = testRun("a", 300);
    for (const entry of entries.slice(0, 100)) sink.write(entry);
    await sink.flush();
    await away();
    for (const entry of entries.slice(100, 200)) sink.write(entry);
    const reading = collect(s3Source(url, options).read("a"));
    const flushed = sink.flush();
    await back();
    for (const entry of entries.slice(200)) sink.write(entry);
    await flushed;
    await sink.close();
    // What was there when the reading listed, and perhaps more.
    expect(stepsOf(await reading).slice(0, 100)).toEqual(range(1, 100));
    const source = s3Source(url, options);
    expect(stepsOf(await collect(source.read("a")))).toEqual(range(1, 300));
    expect(await source.report("a")).toMatchObject({ duplicates: 0, isComplete: true });
  }

  test("and is killed and started again loses nothing, for a writer and a reader", async () => {
    await across(
      "killed",
      () => server().killGateway(),
      () => server().startGateway(),
    );
  }, 90_000);

  test("and hangs for three seconds loses nothing, for a writer and a reader", async () => {
    await across(
      "frozen",
      async () => server().freeze(),
      async () => {
        await new Promise((resolve) => setTimeout(resolve, 3_000));
        server().thaw();
      },
    );
  }, 90_000);
});
