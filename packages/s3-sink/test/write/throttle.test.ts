import * as fc from "fast-check";
import { expect, test } from "vitest";
import { backoffMs } from "../../src/write/backoff.ts";
import { Throttle } from "../../src/write/throttle.ts";

const BUSY = { busy: true, retryAfterMs: 0 };
const AWAY = { busy: false, retryAfterMs: 0 };

test("a pause lies between 0 and a bound that doubles from 100 ms to 1 s, then a tenth of the outage, 30 s at most", () => {
  const longest = (failures: number, failingForMs: number) =>
    backoffMs(failures, failingForMs, () => 1);
  expect([1, 2, 3, 4, 5, 9].map((failures) => longest(failures, 0))).toEqual([
    100, 200, 400, 800, 1_000, 1_000,
  ]);
  expect(longest(20, 60_000)).toBe(6_000);
  expect(longest(20, 3_600_000)).toBe(30_000);
  void fc.assert(
    fc.property(fc.integer({ min: 1, max: 10_000 }), fc.nat(), (failures, failingForMs) => {
      const ms = backoffMs(failures, failingForMs);
      expect(ms).toBeGreaterThanOrEqual(0);
      expect(ms).toBeLessThanOrEqual(30_000);
    }),
  );
});

test("each answer that the store is busy halves what is sent at once, each success adds a little", () => {
  const throttle = new Throttle(4, () => 0);
  expect(throttle.limit).toBe(4);
  throttle.failed(BUSY);
  throttle.succeeded();
  expect(throttle.limit).toBe(2);
  for (let i = 0; i < 10; i++) throttle.succeeded();
  expect(throttle.limit).toBe(4);
});

test("one failure stops nobody; from the second in a row on, one at a time and with a pause", () => {
  let now = 0;
  const throttle = new Throttle(4, () => now);
  throttle.failed(AWAY);
  expect([throttle.limit, throttle.waitMs]).toEqual([4, 0]);
  for (let i = 0; i < 8; i++) throttle.failed(AWAY);
  expect(throttle.limit).toBe(1);
  expect(throttle.waitMs).toBeLessThanOrEqual(1_000);
  now += 1_000;
  expect(throttle.waitMs).toBe(0);
  throttle.succeeded();
  expect(throttle.limit).toBe(4);
});

test("what the store asks to wait is waited, and a success ends it", () => {
  const throttle = new Throttle(4, () => 0);
  throttle.failed({ busy: true, retryAfterMs: 5_000 });
  expect(throttle.waitMs).toBe(5_000);
  throttle.succeeded();
  expect(throttle.waitMs).toBe(0);
});

test("parked, nothing is sent until the time has come, or somebody waits for it", () => {
  let now = 0;
  const throttle = new Throttle(4, () => now);
  throttle.park(30_000);
  expect(throttle.waitMs).toBe(30_000);
  now = 30_000;
  expect(throttle.waitMs).toBe(0);
  throttle.park(30_000);
  throttle.open();
  expect(throttle.waitMs).toBe(0);
});
