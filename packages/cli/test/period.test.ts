import { expect, test } from "vitest";
import { durationOf, isWithin, periodOf } from "../src/period.ts";

const NOW = Date.parse("2026-11-22T18:45:30Z");
const since = (text: string): string =>
  new Date(periodOf({ since: text }, NOW).since * 1000).toISOString();

test("times are days, moments in UTC or a zone, so long ago, or Unix seconds", () => {
  expect(since("2026-11-20")).toBe("2026-11-20T00:00:00.000Z");
  expect(since("2026-11-20T18:45")).toBe("2026-11-20T18:45:00.000Z");
  expect(since("2026-11-20 18:45:12")).toBe("2026-11-20T18:45:12.000Z");
  expect(since("2026-11-20T18:45:12.5+02:00")).toBe("2026-11-20T16:45:12.500Z");
  expect(since("90s")).toBe("2026-11-22T18:44:00.000Z");
  expect(since("2h")).toBe("2026-11-22T16:45:30.000Z");
  expect(since("7d")).toBe("2026-11-15T18:45:30.000Z");
  expect(since("today")).toBe("2026-11-22T00:00:00.000Z");
  expect(since("yesterday")).toBe("2026-11-21T00:00:00.000Z");
  expect(since("1763900000.5")).toBe("2025-11-23T12:13:20.500Z");
});

test("a period holds its first moment and not its last; without options it holds everything", () => {
  const period = periodOf({ since: "2026-11-20", until: "2026-11-21" }, NOW);
  expect([period.since - 1, period.since, period.until].map((ts) => isWithin(period, ts))).toEqual([
    false,
    true,
    false,
  ]);
  expect(isWithin(periodOf({}, NOW), -1)).toBe(true);
});

test("what is no time, and what leaves no time between, is said", () => {
  expect(() => periodOf({ since: "soon" })).toThrow("--since soon is no time: write 2026-11-22");
  expect(() => periodOf({ until: "2026-13-01" })).toThrow("--until 2026-13-01 is no time");
  expect(() => periodOf({ since: "1h", until: "2h" })).toThrow("nothing lies between");
  expect(() => durationOf("30", "--older-than")).toThrow("--older-than 30 is no length of time");
});
