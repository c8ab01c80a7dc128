import { type LightS3, lightS3 } from "@step-log/s3-servers";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { utcDay } from "../../src/part-key.ts";
import { findDays } from "../../src/read/find-days.ts";
import { storeOf } from "../support/store-of.ts";

const DAY_MS = 86_400_000;

let server: LightS3;
let count = 0;

beforeAll(async () => {
  server = await lightS3();
});

afterAll(() => server.close());

function find(prefix: string, fromDay = "0000-01-01", toDay = "9999-12-31") {
  const options = { requestTimeoutMs: 5_000, retryForMs: 0, maxConcurrency: 8 };
  const signal = new AbortController().signal;
  return findDays(prefix, { fromDay, toDay }, { store: storeOf(server), signal, ...options });
}

test("finds each day once, in order, with at most two lists a day", async () => {
  const today = Math.floor(Date.now() / DAY_MS);
  const days = fc.uniqueArray(fc.integer({ min: -3, max: 800 }), { maxLength: 30 });
  const property = fc.asyncProperty(days, async (ages) => {
    const prefix = `days-${++count}/`;
    const wanted = ages.map((age) => utcDay((today - age) * DAY_MS)).sort();
    for (const day of wanted) {
      for (const name of ["a", "b"]) server.place(`${prefix}dt=${day}/${name}.jsonl`, {});
    }
    server.requests.length = 0;
    expect(await find(prefix)).toEqual(wanted);
    expect(server.requests.length).toBeLessThanOrEqual(2 * wanted.length + 1);
    const [from = "0000-01-01", to = "9999-12-31"] = [wanted[1], wanted[wanted.length >> 1]];
    expect(await find(prefix, from, to)).toEqual(wanted.filter((it) => it >= from && it <= to));
  });
  await fc.assert(property, { numRuns: 20 });
});

test("passes over what is no day", async () => {
  const names = ["dt", "dt=", "dt=2026-11", "dt=2026-11-21x/a", "dt=2026-99-99/a", "dt=x/a"];
  for (const name of [...names, "dt=2026-11-20/a", "dt=2026-11-22/a", "dt=2026-11-22/b"]) {
    server.place(`strange/${name}`, {});
  }
  expect(await find("strange/")).toEqual(["2026-11-20", "2026-11-22"]);
});
