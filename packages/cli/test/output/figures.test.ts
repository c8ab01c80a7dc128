import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bytes, count, duration, percent, plural, time, usd } from "../../src/output/figures.ts";

test("thousands are told apart as toLocaleString does it", () => {
  fc.assert(
    fc.property(fc.integer({ min: -1e15, max: 1e15 }), (value) => {
      expect(count(value)).toBe(value.toLocaleString("en-US"));
    }),
  );
});

test.each([
  [0, "$0.00"],
  [0.0087, "$0.0087"],
  [0.000_012_345, "$0.000012"],
  [0.5, "$0.50"],
  [0.999, "$1.00"],
  [12.3, "$12.30"],
  [1234.5, "$1,234.50"],
  [1_234_567.891, "$1,234,567.89"],
])("%d US dollars are %s", (value, told) => {
  expect(usd(value)).toBe(told);
});

test.each([
  [0.44, "0.4 ms"],
  [840.4, "840 ms"],
  [999.7, "1.00 s"],
  [1840, "1.84 s"],
  [12_340, "12.3 s"],
  [59_960, "1 m 00 s"],
  [192_000, "3 m 12 s"],
  [7_500_000, "2 h 05 m"],
])("%d ms are %s", (ms, told) => {
  expect(duration(ms)).toBe(told);
});

test.each([
  [512, "512 B"],
  [1400, "1.4 kB"],
  [999_600, "1.0 MB"],
  [23_000_000, "23 MB"],
])("%d bytes are %s", (value, told) => {
  expect(bytes(value)).toBe(told);
});

describe("what is not known", () => {
  test("is never 0", () => {
    for (const tell of [count, duration, usd, bytes, time]) {
      expect(tell(null)).toBe("-");
      expect(tell(undefined)).toBe("-");
    }
    expect(percent(0, 0)).toBe("-");
  });
});

test("a share that is small keeps a digit, and one that is none is 0", () => {
  expect(percent(1, 256)).toBe("0.4 %");
  expect(percent(0, 256)).toBe("0 %");
  expect(percent(128, 256)).toBe("50 %");
});

test("one is one, and others are many", () => {
  expect(plural(1, "run")).toBe("1 run");
  expect(plural(1200, "run")).toBe("1,200 runs");
});
