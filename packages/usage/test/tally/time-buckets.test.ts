import { expect, test } from "vitest";
import { TimeBuckets } from "../../src/tally/time-buckets.ts";
import { call } from "../calls.ts";

const free = { usd: 0, usdWithoutCache: 0, reason: null, price: null };
const callsAt = (times: Iterable<unknown>) => {
  const buckets = new TimeBuckets();
  for (const ts of times) buckets.add({ ...call(), ts }, free);
  return (since: number) => {
    const { since: from, tally } = buckets.since(since);
    return [from, tally.summary().calls];
  };
};
function* range(count: number, step: number) {
  for (let i = 0; i < count; i++) yield i * step;
}

test("calls are counted to the second while there is room", () => {
  const since = callsAt([10, 10.9, 11, 12]);
  expect(since(10.5)).toEqual([10, 4]);
  expect(since(11)).toEqual([11, 2]);
  expect(since(13)).toEqual([13, 0]);
});

test("beyond 10,000 seconds they are counted to ten, and none is lost", () => {
  const since = callsAt(range(20_000, 1));
  expect(since(0)).toEqual([0, 20_000]);
  expect(since(19_995)).toEqual([19_990, 10]);
});

test("years of calls are counted to the hour, in the same room", () => {
  const since = callsAt(range(70_000, 1800)); // four years, every half hour
  expect(since(1800 * 69_999)).toEqual([86_400 * Math.floor((1800 * 69_999) / 86_400), 16]);
  expect(since(0)).toEqual([0, 70_000]);
});

test("times from all ages do not fill the memory, and what is no time is in no time", () => {
  const since = callsAt([...range(30_000, 1e9), "1", null, Number.NaN, Number.POSITIVE_INFINITY]);
  expect(since(0)[1]).toBe(30_000);
});
