import { S3Client } from "@aws-sdk/client-s3";
import type { Entry } from "@step-log/core";
import { everyNth, PUT_FAULTS, REFUSALS, seededShare } from "@step-log/s3-servers";
import { testEntry } from "@step-log/sink-testkit";
import { describe, expect, test } from "vitest";
import type { S3Sink } from "../src/index.ts";
import { linesIn } from "./lines-in.ts";
import { rig, run } from "./rig.ts";
import { until } from "./until.ts";

const PART = { partBytes: 10_000 };

function writeAll(sink: S3Sink, entries: readonly Entry[]): void {
  for (const entry of entries) sink.write(entry);
}

describe.concurrent.each(PUT_FAULTS)("%s", (fault) => {
  test.each([0.1, 0.5])(
    "of %d of the PUTs loses and doubles nothing",
    async (share) => {
      const { sink: make, server, proxy, expectStored } = await rig(seededShare(1, share, [fault]));
      const sink = make({ ...PART, requestTimeoutMs: 300, deadlineMs: 60_000 });
      const entries = run("run", 150);
      writeAll(sink, entries);
      await sink.close();
      expectStored(entries);
      expect(server.keys()).toHaveLength(sink.stats().parts);
      expect(proxy.requests.get("PUT")).toBe(sink.stats().puts);
    },
    60_000,
  );

  test("of nine PUTs in ten loses and doubles nothing", async () => {
    const { sink: make, expectStored } = await rig((request) =>
      request.method === "PUT" && request.index % 10 !== 0 ? fault : undefined,
    );
    const sink = make({ partBytes: 20_000, requestTimeoutMs: 100, deadlineMs: 60_000 });
    const entries = run("run", 45);
    writeAll(sink, entries);
    await sink.close();
    expectStored(entries);
  }, 60_000);

  test("of every second PUT takes no more than two PUTs a part", async () => {
    const { sink: make, proxy, expectStored } = await rig(everyNth(2, fault));
    const sink = make({ ...PART, requestTimeoutMs: 300, deadlineMs: 60_000, maxConcurrency: 1 });
    const entries = run("run", 150);
    writeAll(sink, entries);
    await sink.close();
    expectStored(entries);
    expect(proxy.requests.get("PUT")).toBeLessThanOrEqual(2.05 * sink.stats().parts);
  }, 60_000);
});

test.concurrent.each(["error-after-store", "reset-after-store", "hang-after-store"] as const)(
  "a part whose answer was lost (%s) is known again by its sum, and not stored twice",
  async (fault) => {
    const {
      sink: make,
      count,
      told,
      expectStored,
    } = await rig((request) =>
      request.method === "PUT" && request.attempt === 1 ? fault : undefined,
    );
    const sink = make({ requestTimeoutMs: 200 });
    const entries = run("run", 5);
    writeAll(sink, entries);
    await sink.flush();
    expectStored(entries);
    expect([count("PUT", 200), count("PUT", 412), count("HEAD", 200)]).toEqual([1, 1, 1]);
    // One failure is the daily life of a store.
    expect(told).toEqual([]);
    await sink.close();
  },
);

test.concurrent("a storm of 503s with Retry-After is waited out, and not made worse", async () => {
  const { sink: make, server, told, count, expectStored } = await rig();
  const until = performance.now() + 3_000;
  const slowDown = { ...REFUSALS.slowDown, headers: { "retry-after": "1" } };
  server.refuse = () => (performance.now() < until ? slowDown : undefined);
  const sink = make(PART);
  const entries = run("run", 150);
  writeAll(sink, entries);
  await sink.close();
  expectStored(entries);
  expect(told.map(({ code }) => code)).toEqual(["WRITE_FAILED"]);
  // The first four at once, then one a second.
  expect(count("PUT", 503)).toBeLessThanOrEqual(4 + 4);
});

test.concurrent("a conflict with another write is tried again", async () => {
  const { sink: make, server, count, expectStored } = await rig();
  let conflicts = 2;
  server.refuse = ({ method }) =>
    method === "PUT" && conflicts-- > 0 ? REFUSALS.conflict : undefined;
  const sink = make();
  const entries = run("run", 5);
  writeAll(sink, entries);
  await sink.flush();
  expectStored(entries);
  expect([count("PUT", 409), count("PUT", 200)]).toEqual([2, 1]);
});

test.concurrent.each([1, -1])("a clock that is %d h off is corrected", async (hours) => {
  const { sink: make, server, count, expectStored } = await rig();
  server.now = () => Date.now() + hours * 3_600_000;
  const sink = make();
  const entries = run("run", 5);
  writeAll(sink, entries);
  await sink.flush();
  expectStored(entries);
  expect([count("PUT", 403), count("PUT", 200)]).toEqual([1, 1]);
});

test.concurrent("credentials that have expired are fetched anew", async () => {
  const { sink: make, server, count, expectStored } = await rig();
  server.expiredTokens.add("old");
  let fetched = 0;
  const credentials = async () => {
    const sessionToken = fetched++ < 2 ? "old" : "new";
    return { accessKeyId: "testkey", secretAccessKey: "testsecret1234567890", sessionToken };
  };
  const sink = make({ credentials });
  const entries = run("run", 5);
  writeAll(sink, entries);
  await sink.flush();
  expectStored(entries);
  expect([count("PUT", 400), count("PUT", 200)]).toEqual([2, 1]);
});

describe.each(["invalidAccessKey", "accessDenied", "noSuchBucket"] as const)("%s", (name) => {
  test("parks everything, is told once, and is over when it is mended", async () => {
    const { sink: make, server, told, count, expectStored } = await rig();
    server.refuse = () => REFUSALS[name];
    const sink = make({ ...PART, parkedRetryMs: 50 });
    const entries = run("run", 60);
    writeAll(sink, entries);
    await expect(sink.flush()).rejects.toMatchObject({
      code: "STORE_REFUSED",
      lost: 0,
      pending: 60,
    });
    // Looked at again and again, by one part each time.
    await until(() => count("PUT") >= 8);
    expect(told).toHaveLength(1);
    expect(told[0]).toMatchObject({
      code: "STORE_REFUSED",
      pending: 60,
      details: { bucket: "logs", code: REFUSALS[name].code, status: REFUSALS[name].status },
    });
    server.refuse = undefined;
    await until(() => sink.stats().pending === 0);
    expectStored(entries);
    await sink.close();
  });
});

test("a bucket that is made later gets everything", async () => {
  const { sink: make, server, told, expectStored } = await rig(undefined, { buckets: [] });
  const sink = make({ parkedRetryMs: 50 });
  const entries = run("run", 5);
  writeAll(sink, entries);
  await expect(sink.flush()).rejects.toMatchObject({ code: "STORE_REFUSED", pending: 5 });
  server.createBucket("logs");
  await sink.flush();
  expectStored(entries);
  expect(told[0]?.details).toMatchObject({ code: "NoSuchBucket", status: 404 });
});

test("a store without conditional writes is asked once, and served without", async () => {
  const {
    sink: make,
    count,
    told,
    expectStored,
  } = await rig(everyNth(3, "reset-after-store"), {
    conditionalWrites: false,
  });
  const sink = make({ ...PART, maxConcurrency: 1 });
  const entries = run("run", 60);
  writeAll(sink, entries);
  await sink.close();
  expectStored(entries);
  expect([count("PUT", 501), count("HEAD")]).toEqual([1, 0]);
  expect(told).toEqual([]);
});

test("a 501 that is not about the condition parks, and conditions are kept", async () => {
  const { sink: make, server, told, count, expectStored } = await rig();
  server.refuse = () => ({ status: 501, code: "NotImplemented" });
  const sink = make();
  const entries = run("run", 5);
  writeAll(sink, entries);
  await expect(sink.flush()).rejects.toMatchObject({ code: "STORE_REFUSED", pending: 5 });
  expect(count("PUT", 501)).toBe(2);
  server.refuse = ({ key, headers }) =>
    key !== "" && headers["if-none-match"] === undefined ? REFUSALS.badRequest : undefined;
  await sink.close();
  expectStored(entries);
  expect(told.map(({ code }) => code)).toEqual(["STORE_REFUSED"]);
});

test("a part that the store refuses for what it is does not stop the others", async () => {
  const { sink: make, server, told, expectStored } = await rig();
  server.refuse = ({ key }) => (key.includes("/bad.") ? REFUSALS.badRequest : undefined);
  const sink = make({ parkedRetryMs: 50 });
  const [bad, good] = [run("bad", 5), run("good", 5)];
  writeAll(sink, [...bad, ...good]);
  await expect(sink.flush()).rejects.toMatchObject({
    code: "STORE_REFUSED",
    lost: 0,
    pending: 5,
  });
  expectStored(good);
  expect(told).toHaveLength(1);
  expect(told[0]?.details["key"]).toContain("/bad.");
  server.refuse = undefined;
  await until(() => sink.stats().pending === 0);
  expectStored([...bad, ...good]);
});

test("another's object under our key is left as it is, and our part goes to another", async () => {
  const { sink: make, server, told } = await rig();
  const foreign = { body: Buffer.from("not ours"), headers: { "x-amz-meta-sl-sha256": "00" } };
  let taken: string | undefined;
  server.refuse = ({ method, key }) => {
    if (method === "PUT" && taken === undefined) {
      taken = key;
      server.place(key, foreign);
    }
    return undefined;
  };
  const sink = make({ ...PART, compression: "none" });
  const entries = run("run", 30);
  writeAll(sink, entries);
  await sink.close();
  expect(server.object(taken ?? "")?.body.toString()).toBe("not ours");
  server.place(taken ?? "", undefined);
  expect(linesIn(server).toSorted()).toEqual(entries.map(({ line }) => line).toSorted());
  expect(told.map(({ code, details }) => [code, details["key"]])).toEqual([["KEY_TAKEN", taken]]);
});

describe("a role that may write and not read", () => {
  const denied = ({ method }: { method: string }) =>
    method === "HEAD" ? REFUSALS.accessDenied : undefined;

  test("takes a part as stored whose answer was lost", async () => {
    const { sink: make, server, expectStored } = await rig(everyNth(2, "reset-after-store"));
    server.refuse = denied;
    const sink = make({ ...PART, maxConcurrency: 1 });
    const entries = run("run", 60);
    writeAll(sink, entries);
    await sink.close();
    expectStored(entries);
    expect(server.keys()).toHaveLength(sink.stats().parts);
  });

  test("does not take another's object for ours", async () => {
    const { sink: make, server, told } = await rig();
    let taken: string | undefined;
    server.refuse = (request) => {
      if (request.method === "PUT" && taken === undefined) {
        taken = request.key;
        server.place(request.key, { body: Buffer.from("not ours") });
      }
      return denied(request);
    };
    const sink = make();
    writeAll(sink, run("run", 5));
    await sink.close();
    expect(server.keys()).toHaveLength(2);
    expect(told.map(({ code }) => code)).toEqual(["KEY_TAKEN"]);
  });
});

test("a client of the user's that tries again by itself meets its own object, and all is well", async () => {
  const {
    server,
    proxy,
    told,
    expectStored,
    sink: make,
  } = await rig((request) =>
    request.method === "PUT" && request.attempt === 1 ? "error-after-store" : undefined,
  );
  for (const denied of [false, true]) {
    server.refuse = ({ method }) =>
      denied && method === "HEAD" ? REFUSALS.accessDenied : undefined;
    const client = new S3Client({
      endpoint: proxy.url,
      region: "us-east-1",
      forcePathStyle: true,
      maxAttempts: 3,
      credentials: { accessKeyId: "testkey", secretAccessKey: "testsecret1234567890" },
    });
    const sink = make({ client });
    writeAll(sink, run(`run-${denied}`, 5));
    await sink.close();
    client.destroy();
  }
  expectStored([...run("run-false", 5), ...run("run-true", 5)]);
  expect(told).toEqual([]);
});

test("sixteen sinks may write one run", async () => {
  const { sink: make, server } = await rig(seededShare(7, 0.3, ["reset-after-store", "slowdown"]));
  const sinks = Array.from({ length: 16 }, () => make(PART));
  const entries = run("run", 16 * 40);
  for (const [i, entry] of entries.entries()) sinks[i % 16]?.write(entry);
  await Promise.all(sinks.map((sink) => sink.close()));
  const steps = server.keys().map((key) => key.split(".")[1]);
  expect(new Set(steps).size).toBe(16);
  expect(linesIn(server).toSorted()).toEqual(entries.map(({ line }) => line).toSorted());
});

test("run ids of every kind get keys of their own, none the beginning of another's", async () => {
  const { sink: make, server } = await rig();
  const sink = make();
  const ids = ["r1", "r1.x", "r1.", "r1/../r2", "a:b/c d%ü", "x".repeat(300), "R1", "", "r1\n"];
  for (const runId of ids) sink.write(testEntry({ runId, step: 1 }));
  await sink.close();
  const slugs = server.keys().map((key) => key.split("/")[1]?.split(".")[0] ?? "");
  expect(new Set(slugs).size).toBe(ids.length);
  for (const slug of slugs) {
    expect(server.keys().filter((key) => key.includes(`/${slug}.`))).toHaveLength(1);
  }
});

test("a run that goes on after midnight stays with the day on which it began", async () => {
  const { sink: make, server } = await rig();
  const sink = make();
  const midnight = Date.UTC(2026, 10, 23) / 1_000;
  for (const step of [1, 2, 3, 4]) {
    const record = { ts: midnight - 2 + step };
    sink.write(testEntry({ runId: "run", step, record }));
    await sink.flush();
  }
  await sink.close();
  expect(server.keys().map((key) => key.split("/")[0])).toEqual(Array(4).fill("dt=2026-11-22"));
});
