import type { Entry } from "@step-log/core";
import { openSink, openSource, registerScheme } from "@step-log/core";
import {
  CEPH,
  faultProxy,
  PUT_FAULTS,
  type S3Server,
  SWIFT,
  seededShare,
} from "@step-log/s3-servers";
import { sinkCases } from "@step-log/sink-testkit";
import { describe, expect, test } from "vitest";
import { locationScheme, parsePartKey, type S3Sink, s3Sink, s3Source } from "../src/index.ts";
import { unpack } from "../src/read/unpack.ts";
import { run } from "./rig.ts";
import { makeBucket, optionsFor, storeOf } from "./support/store-of.ts";
import { useServer } from "./support/use-server.ts";

/** All lines that lie under a prefix. */
async function linesUnder(server: S3Server, prefix: string): Promise<string[]> {
  const store = storeOf(server);
  const { signal } = new AbortController();
  const lines: string[] = [];
  for await (const { key } of store.list(prefix, { signal })) {
    const pieces: Uint8Array[] = [];
    const { body } = await store.get(key, { signal });
    for await (const piece of body) pieces.push(piece);
    const compression = parsePartKey(key)?.compression ?? "none";
    const bytes = await unpack(Buffer.concat(pieces), compression, 2 ** 30);
    lines.push(...(bytes.toString().match(/[^\n]*\n|[^\n]+$/g) ?? []));
  }
  return lines;
}

function writeAll(sink: S3Sink, entries: readonly Entry[]): void {
  for (const entry of entries) sink.write(entry);
}

describe(CEPH.name, () => {
  const server = useServer(CEPH);

  const expectStored = async (prefix: string, entries: readonly Entry[]) => {
    expect(await linesUnder(server(), prefix)).toEqual(entries.map(({ line }) => line));
  };

  const cases = sinkCases<S3Sink>({
    create: ({ id }) => s3Sink(`s3://logs/${id}/`, optionsFor(server())),
    read: (_, { id }) => linesUnder(server(), `${id}/`),
    faults: { none: "the light server is made to fail; see conformance.test.ts" },
    optional: ["stats", "onError"],
  });
  for (const { group, name, skip, run } of cases) {
    test(`${group}: ${name}`, { timeout: 60_000 }, async (context) => {
      if (skip !== undefined) context.skip(skip);
      await run();
    });
  }

  test.each(PUT_FAULTS)(
    "%s of every other PUT loses and doubles nothing",
    async (fault) => {
      const proxy = await faultProxy(server().url, seededShare(1, 0.5, [fault]));
      const options = { ...optionsFor(server(), proxy.url), onError: () => {} };
      const sink = s3Sink(`s3://logs/${fault}/`, {
        ...options,
        partBytes: 10_000,
        requestTimeoutMs: 500,
        deadlineMs: 60_000,
      });
      const entries = run("run", 100);
      writeAll(sink, entries);
      await sink.close();
      await proxy.close();
      await expectStored(`${fault}/`, entries);
    },
    90_000,
  );

  test("a gateway that is killed and started again, or frozen, gets everything", async () => {
    const sink = s3Sink("s3://logs/killed/", {
      ...optionsFor(server()),
      partBytes: 10_000,
      requestTimeoutMs: 500,
      deadlineMs: 60_000,
      onError: () => {},
    });
    const entries = run("run", 150);
    writeAll(sink, entries.slice(0, 50));
    await server().killGateway();
    writeAll(sink, entries.slice(50, 100));
    await server().startGateway();
    await sink.flush();
    server().freeze();
    writeAll(sink, entries.slice(100));
    const flushed = sink.flush();
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    server().thaw();
    await flushed;
    await sink.close();
    await expectStored("killed/", entries);
  }, 90_000);

  test("wrong keys and a missing bucket park, and lose nothing", async () => {
    const { endpoint, credentials } = optionsFor(server());
    const told: string[] = [];
    const sink = s3Sink("s3://later/x/", {
      endpoint,
      credentials: async () =>
        told.length === 0 ? { ...credentials, secretAccessKey: "wrong" } : credentials,
      parkedRetryMs: 50,
      onError: ({ details }) => void told.push(String(details["code"])),
    });
    writeAll(sink, run("run", 3));
    await expect(sink.flush()).rejects.toMatchObject({ code: "STORE_REFUSED", pending: 3 });
    await expect(sink.flush()).rejects.toMatchObject({ code: "STORE_REFUSED", pending: 3 });
    expect(told).toEqual(["SignatureDoesNotMatch", "NoSuchBucket"]);
    await makeBucket(server(), "later");
    await sink.close();
    expect(sink.stats()).toMatchObject({ written: 3, pending: 0 });
  });

  test("what was written by its URL is read by its URL", async () => {
    registerScheme("s3", locationScheme);
    const sink = await openSink("s3://logs/by-url/", optionsFor(server()));
    const entries = run("run", 5);
    for (const entry of entries) sink.write(entry);
    await sink.close();
    const source = await openSource("s3://logs/by-url/", optionsFor(server()));
    const steps: unknown[] = [];
    for await (const item of source.read("run"))
      if (item.type !== "bad_line") steps.push(item.step);
    expect(steps).toEqual([1, 2, 3, 4, 5]);
  });
});

describe("Swift, without conditional writes", () => {
  const server = useServer(SWIFT);

  test("answers lost after the store has stored double nothing", async () => {
    const proxy = await faultProxy(
      server().url,
      seededShare(1, 0.5, ["reset-after-store", "error-after-store"]),
    );
    const options = { ...optionsFor(server(), proxy.url), onError: () => {}, deadlineMs: 60_000 };
    const sink = s3Sink("s3://logs/swift/", { ...options, partBytes: 10_000 });
    const entries = run("run", 60);
    writeAll(sink, entries);
    await sink.close();
    await proxy.close();
    expect(await linesUnder(server(), "swift/")).toEqual(entries.map(({ line }) => line));
    const source = s3Source("s3://logs/swift/", optionsFor(server()));
    let count = 0;
    for await (const item of source.read("run")) if (item.type !== "bad_line") count++;
    expect(count).toBe(60);
  }, 120_000);
});
