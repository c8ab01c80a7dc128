import { everyNth, faultProxy, type LightS3, lightS3, REFUSALS } from "@step-log/s3-servers";
import { testRun } from "@step-log/sink-testkit";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type CompactOptions, compact, s3Source } from "../../src/index.ts";
import { parseManifest } from "../../src/pack-manifest.ts";
import { collect, range, stepsOf } from "../support/collect.ts";
import { putLines, putPart } from "../support/put-parts.ts";
import { optionsFor, storeOf } from "../support/store-of.ts";

const LOG = "s3://logs/log/";
const RUNS = ["a", "b", "run/with:strange id"];

let server: LightS3;

beforeEach(async () => {
  server = await lightS3();
  for (const runId of RUNS) {
    const lines = testRun(runId, 60).map(({ line }) => line);
    await putLines(storeOf(server), lines, { linesPerPart: 10, prefix: "log/" });
  }
});

afterEach(() => server.close());

/** With nothing to wait for, but that parts are kept, unless told otherwise. */
const run = (options: CompactOptions = {}) =>
  compact(LOG, {
    ...optionsFor(server),
    closedForMs: 0,
    graceMs: Number.POSITIVE_INFINITY,
    ...options,
  });
const source = () => s3Source(LOG, optionsFor(server));
const parts = () => server.keys().filter((key) => key.startsWith("log/"));
const packs = () => server.keys().filter((key) => key.startsWith("log-compact/dt="));
const manifests = () =>
  server
    .keys()
    .filter((key) => key.startsWith("log-compact/_packs/"))
    .map((key) => parseManifest(server.object(key)?.body.toString() ?? "", key));

async function expectAllRuns() {
  for (const runId of RUNS) {
    const items = await collect(source().read(runId));
    expect(stepsOf(items), runId).toEqual(range(1, 60));
    expect(await source().report(runId)).toMatchObject({ parts: 6, isComplete: true });
  }
  expect((await collect(source().readAll())).length).toBe(180);
  const ids = (await collect(source().runs())).map(({ runId }) => runId);
  expect(ids.sort()).toEqual(RUNS.toSorted());
}

test("packs the parts of closed runs byte for byte, and leaves them until their time is over", async () => {
  const before = new Map(parts().map((key) => [key, server.object(key)?.body]));
  expect(await run()).toMatchObject({ packs: 1, packedParts: 18, deletedParts: 0, leftParts: 18 });
  const [manifest] = manifests();
  expect(packs()).toEqual([manifest?.pack]);
  const pack = server.object(manifest?.pack ?? "")?.body ?? Buffer.alloc(0);
  for (const { key, offset, bytes } of manifest?.parts ?? []) {
    expect(pack.subarray(offset, offset + bytes).equals(before.get(key) ?? Buffer.alloc(0))).toBe(
      true,
    );
  }
  expect(manifest?.parts.length).toBe(18);
  await expectAllRuns();
});

test("doing it again does nothing; once the time is over, the parts are deleted and read from the pack", async () => {
  await run();
  expect(await run()).toMatchObject({ packs: 0, packedParts: 0, deletedParts: 0, leftParts: 18 });
  expect(await run({ graceMs: 0 })).toMatchObject({ packs: 0, deletedParts: 18, leftParts: 0 });
  expect(parts()).toEqual([]);
  await expectAllRuns();
  expect(await run({ graceMs: 0 })).toMatchObject({ packs: 0, deletedParts: 0, leftParts: 0 });
});

test("packs hold no more than packBytes, and what comes later gets into packs of its own", async () => {
  await run({ packBytes: 700 });
  expect(packs().length).toBeGreaterThan(3);
  for (const key of packs()) expect(server.object(key)?.body.length).toBeLessThanOrEqual(700);
  const late = testRun("a", 20, 61).map(({ line }) => line);
  for (const [index, seq] of [6, 7].entries()) {
    const lines = late.slice(index * 10, index * 10 + 10);
    await putPart(storeOf(server), "a", lines, { prefix: "log/", seq });
  }
  const count = packs().length;
  expect(await run({ packBytes: 700 })).toMatchObject({ packs: 1, packedParts: 2 });
  expect(packs().length).toBe(count + 1);
  await run({ graceMs: 0 });
  expect(stepsOf(await collect(source().read("a")))).toEqual(range(1, 80));
});

test("of many packs, only those are looked into that may have the run", async () => {
  for (let n = 0; n < 300; n++) {
    const lines = testRun(`run-${n}`, 2).map(({ line }) => line);
    await putLines(storeOf(server), lines, { linesPerPart: 1, prefix: "log/" });
  }
  await run({ packBytes: 20_000 });
  await run({ graceMs: 0 });
  const sizes = manifests().map((manifest) => JSON.stringify(manifest).length);
  expect(sizes.filter((size) => size > 20_000).length).toBeGreaterThan(2);
  server.requests.length = 0;
  expect(stepsOf(await collect(source().read("run-150")))).toEqual([1, 2]);
  const whole = server.requests.filter(
    ({ key, status }) => key.includes("_packs") && status === 200,
  );
  expect(whole.length).toBeLessThanOrEqual(2);
});

test("a run that had a part within the hour is left alone", async () => {
  expect(await run({ closedForMs: 3_600_000 })).toMatchObject({ packs: 0, leftParts: 18 });
});

test("two at once put no part into two packs", async () => {
  await Promise.all([run({ packBytes: 700 }), run({ packBytes: 900 }), run()]);
  await run();
  const keys = manifests().flatMap((manifest) => manifest.parts.map(({ key }) => key));
  // One that was left alone may lie for itself: a pack of it would save nothing.
  expect(new Set(keys).size).toBe(keys.length);
  expect(keys.length).toBeGreaterThanOrEqual(17);
  await expectAllRuns();
});

describe("broken off", () => {
  // As in SQLite's tests: fail the k-th request for k = 1, 2, 3, …, then look whether all is well.
  test("at any request, it is finished by the next call, and no reader misses anything", async () => {
    const { requests } = server;
    requests.length = 0;
    let k = 0;
    for (let isDone = false; !isDone; ) {
      k++;
      let count = 0;
      server.refuse = () => (++count === k ? REFUSALS.accessDenied : undefined);
      isDone = await run({ packBytes: 700, graceMs: 0 }).then(
        () => count < k,
        () => false,
      );
      server.refuse = undefined;
      if (k % 5 === 0) await expectAllRuns();
    }
    expect(k).toBeGreaterThan(5);
    await run({ graceMs: 0 });
    await run({ graceMs: 0 });
    await expectAllRuns();
    const keys = manifests().flatMap((manifest) => manifest.parts.map(({ key }) => key));
    expect(keys.length).toBe(new Set(keys).size);
    expect(packs().toSorted()).toEqual(
      manifests()
        .map(({ pack }) => pack)
        .toSorted(),
    );
  });

  test("between manifest and pack, the pack is made of the parts that the manifest names", async () => {
    server.refuse = ({ method, key }) =>
      method === "PUT" && key.includes("/pack-") ? REFUSALS.accessDenied : undefined;
    await expect(run()).rejects.toMatchObject({ code: "WRITE_FAILED" });
    server.refuse = undefined;
    expect([packs().length, manifests().length]).toEqual([0, 1]);
    await expectAllRuns();
    expect(await run({ graceMs: 0 })).toMatchObject({ packs: 0, deletedParts: 0 });
    expect(packs().length).toBe(1);
    expect(await run({ graceMs: 0 })).toMatchObject({ deletedParts: 18 });
    await expectAllRuns();
  });
});

test("a reading that began before the parts were deleted goes on in the pack", async () => {
  await run();
  const steps: number[] = [];
  for await (const item of s3Source(LOG, { ...optionsFor(server), maxConcurrency: 1 }).read("a")) {
    if (item.type === "bad_line") expect.fail(item.reason);
    steps.push(item.step);
    if (steps.length === 1) await run({ graceMs: 0 });
  }
  expect(steps).toEqual(range(1, 60));
});

test("nothing is deleted for a pack that is damaged", async () => {
  await run();
  const [key = ""] = packs();
  const body = Buffer.from(server.object(key)?.body ?? "");
  body[100] = (body[100] ?? 0) ^ 1;
  server.place(key, { body });
  const { deletedParts, problems } = await run({ graceMs: 0 });
  expect(deletedParts).toBe(0);
  expect(problems).toEqual([{ key, reason: "is not what its manifest says" }]);
  await expectAllRuns();
});

test("a damaged part stays where it is, and the others are packed", async () => {
  const [key = ""] = parts();
  server.place(key, { body: server.object(key)?.body.subarray(0, 50) ?? Buffer.alloc(0) });
  const { packedParts, problems } = await run();
  expect(packedParts).toBe(17);
  expect(problems).toEqual([{ key, reason: expect.any(String) }]);
  await run({ graceMs: 0 });
  expect(parts()).toEqual([key]);
});

test("answers that are lost do no harm", async () => {
  const proxy = await faultProxy(server.url, everyNth(2, "error-after-store"));
  await run({ endpoint: proxy.url, packBytes: 1_500 });
  await proxy.close();
  expect(packs().length).toBe(manifests().length);
  await run({ graceMs: 0 });
  expect(parts()).toEqual([]);
  await expectAllRuns();
});

test("is told options that cannot be meant", async () => {
  await expect(run({ fromDay: "yesterday" })).rejects.toThrow("fromDay must be a day, 2026-11-22");
  await expect(run({ packBytes: 0 })).rejects.toThrow("packBytes must be a number from 1, got 0");
});
