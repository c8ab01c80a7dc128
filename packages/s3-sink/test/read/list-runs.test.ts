import { openSource, registerScheme } from "@step-log/core";
import { type LightS3, lightS3 } from "@step-log/s3-servers";
import { testEntry, testRun } from "@step-log/sink-testkit";
import { afterEach, beforeEach, expect, test } from "vitest";
import { locationScheme, type S3SourceOptions, s3Source } from "../../src/index.ts";
import { collect, range, stepsOf } from "../support/collect.ts";
import { putPart } from "../support/put-parts.ts";
import { optionsFor, storeOf } from "../support/store-of.ts";

// A UUID of version 7, and the day that it tells.
const TIMED_ID = "019aaa00-0000-7000-8000-000000000000";
const TIMED_DAY = "2025-11-22";

let server: LightS3;

beforeEach(async () => {
  server = await lightS3();
});

afterEach(() => server.close());

const source = (options: S3SourceOptions = {}) =>
  s3Source("s3://logs/", { ...optionsFor(server), ...options });
const linesOf = (runId: string) => testRun(runId, 3).map(({ line }) => line);
const lists = () => server.requests.filter(({ key }) => key === "").length;
const gets = () =>
  server.requests.filter(({ method, key }) => method === "GET" && key !== "").length;

test("ids that stand in keys are listed from the keys alone", async () => {
  for (const runId of ["a", "b", "b-2"]) await putPart(storeOf(server), runId, linesOf(runId));
  server.requests.length = 0;
  const runs = await collect(source().runs());
  expect(runs.map(({ runId }) => runId)).toEqual(["a", "b-2", "b"]); // as keys are ordered
  expect(runs[0]?.location).toBe(`s3://logs/${server.keys()[0]}`);
  expect(gets()).toBe(0);
});

test("runs are given as they are listed, not when all were", async () => {
  const [line = ""] = linesOf("a");
  const key = await putPart(storeOf(server), "a", [line]);
  for (let run = 0; run < 2_500; run++) server.place(key.replace("/a.", `/a-${run}.`), {});
  server.requests.length = 0;
  for await (const _ of source().runs()) break;
  // One for the first day, one for the packs, and a page.
  expect(lists()).toBeLessThanOrEqual(5);
  expect((await collect(source().runs())).length).toBe(2_501);
});

test("an id that does not stand in keys is read from the first part", async () => {
  await putPart(storeOf(server), "a/b", linesOf("a/b"));
  server.requests.length = 0;
  const runs = await collect(source().runs());
  expect(runs).toEqual([
    { runId: "a/b", location: `s3://logs/${server.keys()[0]}`, startedAt: expect.any(Number) },
  ]);
  expect(gets()).toBe(1);
});

test("a run that lies under two days is listed once, from its first day", async () => {
  const now = Date.now() / 1_000;
  const late = [testEntry({ runId: "a", step: 4, record: { ts: now } }).line];
  await putPart(storeOf(server), "a", linesOf("a"));
  await putPart(storeOf(server), "a", late, { writer: "f".repeat(16) });
  const [first] = server.keys();
  expect(await collect(source().runs())).toEqual([{ runId: "a", location: `s3://logs/${first}` }]);
  expect(await collect(source().runs({ since: now - 1 }))).toMatchObject([{ runId: "a" }]);
  expect(stepsOf(await collect(source().read("a")))).toEqual(range(1, 4));
});

test("with since, what was stored before is not read", async () => {
  for (const runId of ["old", "new"]) await putPart(storeOf(server), runId, linesOf(runId));
  const old = server.keys().find((key) => key.includes("/old.")) ?? "";
  server.place(old, { lastModified: new Date(1_700_000_000_000) });
  server.requests.length = 0;
  expect(await collect(source().runs({ since: 1_747_000_000 }))).toMatchObject([{ runId: "new" }]);
  expect(gets()).toBe(1);
});

test("with until, what began on a later day is not read", async () => {
  for (const day of ["2025-05-22", "2025-05-23", "2025-05-24"]) {
    await putPart(storeOf(server), `of-${day}`, linesOf(`of-${day}`), { day });
  }
  server.requests.length = 0;
  await collect(source().runs({ until: Date.parse("2025-05-23T12:00:00Z") / 1_000 }));
  expect(gets()).toBe(2);
});

test("a run whose id tells its day is found with one list, and one for packs", async () => {
  for (const day of ["2025-01-01", "2025-03-01", TIMED_DAY]) {
    await putPart(storeOf(server), "other", linesOf("other"), { day });
  }
  await putPart(storeOf(server), TIMED_ID, linesOf(TIMED_ID), { day: TIMED_DAY });
  server.requests.length = 0;
  expect(stepsOf(await collect(source().read(TIMED_ID)))).toEqual([1, 2, 3]);
  expect(lists()).toBe(2);
});

test("fromDay and toDay bound what is looked at", async () => {
  const days = ["2025-05-01", "2025-05-02", "2025-05-03"];
  for (const day of days)
    await putPart(storeOf(server), `of-${day}`, linesOf(`of-${day}`), { day });
  const ids = async (options: S3SourceOptions) =>
    (await collect(source(options).runs())).map(({ runId }) => runId.slice(3));
  expect(await ids({ fromDay: "2025-05-02" })).toEqual(days.slice(1));
  expect(await ids({ toDay: "2025-05-02" })).toEqual(days.slice(0, 2));
  expect(await ids({ fromDay: "2025-05-02", toDay: "2025-05-02" })).toEqual(days.slice(1, 2));
});

test("days tells under which days runs lie", async () => {
  for (const day of ["2025-05-03", "2025-05-01"]) {
    await putPart(storeOf(server), `of-${day}`, linesOf(`of-${day}`), { day });
  }
  expect(await source().days()).toEqual(["2025-05-01", "2025-05-03"]);
  expect(await source({ fromDay: "2025-05-02" }).days()).toEqual(["2025-05-03"]);
});

test("runs whose ids begin alike are kept apart", async () => {
  const ids = ["r1", "r1-x", "r1_", "r10", "r1.x"];
  for (const runId of ids) await putPart(storeOf(server), runId, linesOf(runId));
  for (const runId of ids) {
    const items = await collect(source().read(runId));
    expect(items.map((item) => item.type !== "bad_line" && item.run_id)).toEqual(
      Array(3).fill(runId),
    );
  }
  expect((await collect(source().readAll())).length).toBe(15);
});

test("what is no part is passed over", async () => {
  await putPart(storeOf(server), "a", linesOf("a"));
  for (const key of ["README", "dt=2025-05-22/notes.txt", "dt=2025-05-22/a.jsonl.gz", "dt=x/y"]) {
    server.place(key, { body: Buffer.from("x") });
  }
  expect((await collect(source().runs())).length).toBe(1);
  expect((await collect(source().readAll())).length).toBe(3);
});

test("openSource opens an s3: URL", async () => {
  await putPart(storeOf(server), "a", linesOf("a"));
  registerScheme("s3", locationScheme); // found by itself where the package is installed
  const opened = await openSource("s3://logs/", optionsFor(server));
  expect(stepsOf(await collect(opened.read("a")))).toEqual([1, 2, 3]);
});

test.for<[S3SourceOptions, string]>([
  [{ dedupe: "all" as never }, 's3Source: dedupe must be "none" or "step", got all'],
  [{ fromDay: "22.11.2026" }, "s3Source: fromDay must be a day, 2026-11-22, got 22.11.2026"],
  [{ maxConcurrency: 0 }, "s3Source: maxConcurrency must be a number from 1, got 0"],
  [{ retryForMs: -1 }, "s3Source: retryForMs must be a number from 0, got -1"],
])("refuses %j", ([options, message]) => {
  expect(() => source(options)).toThrow(new TypeError(message));
});
