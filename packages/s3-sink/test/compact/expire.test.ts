import { type LightS3, lightS3 } from "@step-log/s3-servers";
import { testRun } from "@step-log/sink-testkit";
import { afterEach, beforeEach, expect, test } from "vitest";
import { compact, type ExpireOptions, expire, s3Source } from "../../src/index.ts";
import { collect } from "../support/collect.ts";
import { putPart } from "../support/put-parts.ts";
import { optionsFor, storeOf } from "../support/store-of.ts";

const LOG = "s3://logs/log/";
const DAYS = ["2026-10-30", "2026-10-31", "2026-11-01", "2026-11-02"];

let server: LightS3;

beforeEach(async () => {
  server = await lightS3();
  for (const day of DAYS) {
    const lines = testRun(day, 4).map(({ line }) => line);
    for (const seq of [0, 1]) {
      const part = lines.slice(seq * 2, seq * 2 + 2);
      await putPart(storeOf(server), day, part, { prefix: "log/", day, seq });
    }
  }
  server.place("log/dt=2026-10-30/notes.txt", {});
  server.place("log/README", {});
  server.place("logbook/dt=2026-10-30/a.0123456789abcdef.00000000.0000000001-0000000002.jsonl", {});
});

afterEach(() => server.close());

const run = (options: Partial<ExpireOptions> = {}) =>
  expire(LOG, { ...optionsFor(server), beforeDay: "2026-11-01", ...options });
const runIds = async () => {
  const runs = await collect(s3Source(LOG, optionsFor(server)).runs());
  return runs.map(({ runId }) => runId).sort();
};

test("deletes the runs of the days before, and nothing that is not of the log", async () => {
  const strangers = server.keys().filter((key) => !key.endsWith(".gz"));
  expect(await run()).toMatchObject({ objects: 4, days: ["2026-10-30", "2026-10-31"] });
  expect(await runIds()).toEqual(["2026-11-01", "2026-11-02"]);
  expect(server.keys()).toEqual(expect.arrayContaining(strangers));
  expect(await run()).toMatchObject({ objects: 0, bytes: 0, days: [] });
});

test("deletes packs and their manifests too", async () => {
  const packing = { ...optionsFor(server), closedForMs: 0, graceMs: 0 };
  await compact(LOG, packing);
  await compact(LOG, packing);
  expect(await run()).toMatchObject({ objects: 4, days: ["2026-10-30", "2026-10-31"] });
  expect(await runIds()).toEqual(["2026-11-01", "2026-11-02"]);
  const left = server.keys().filter((key) => key.startsWith("log-compact/"));
  expect(left.length).toBe(4);
  expect(left.every((key) => key.includes("dt=2026-11-0"))).toBe(true);
});

test("a dry run says the same and deletes nothing", async () => {
  const before = server.keys();
  expect(await run({ dryRun: true })).toMatchObject({ objects: 4 });
  expect(server.keys()).toEqual(before);
});

test("wants a day", async () => {
  await expect(run({ beforeDay: "2026-11" })).rejects.toThrow("beforeDay must be a day");
});
