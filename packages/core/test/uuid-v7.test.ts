import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { uuidV7 } from "../src/index.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test("has the layout of RFC 9562, section 5.7: time, version 7, variant 10", () => {
  // The example of its appendix A.6.
  vi.setSystemTime(new Date("2022-02-22T14:22:22-05:00"));
  for (let i = 0; i < 100; i++) {
    expect(uuidV7()).toMatch(/^017f22e2-79b0-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
  }
});

test.each([
  [0, "00000000-0000"],
  [1, "00000000-0001"],
  [2 ** 32, "00010000-0000"],
  [2 ** 48 - 1, "ffffffff-ffff"],
])("%i ms is written as %s", (time, start) => {
  vi.spyOn(Date, "now").mockReturnValue(time);
  expect(uuidV7().slice(0, 13)).toBe(start);
  vi.restoreAllMocks();
});

test("ids sort by the millisecond at which they were made", () => {
  vi.setSystemTime(1_700_000_000_000);
  const ids = Array.from({ length: 2000 }, () => {
    vi.advanceTimersByTime(1);
    return uuidV7();
  });
  expect(ids).toEqual([...ids].sort());
});

test("100,000 ids of one millisecond differ, in every random bit", () => {
  const ids = Array.from({ length: 100_000 }, () => BigInt(`0x${uuidV7().replaceAll("-", "")}`));
  expect(new Set(ids).size).toBe(ids.length);
  const first = ids[0] ?? 0n;
  const changed = ids.reduce((bits, id) => bits | (id ^ first), 0n);
  expect(changed).toBe(0x0000_0000_0000_0fff_3fff_ffff_ffff_ffffn);
});
