import { expect, test } from "vitest";
import { calendar } from "../../src/tally/calendar.ts";

const at = (text: string) => Date.parse(text) / 1000;

test("a day begins at midnight UTC", () => {
  const dayOf = calendar("UTC");
  expect(dayOf(at("2026-11-22T00:00:00Z"))).toBe("2026-11-22");
  expect(dayOf(at("2026-11-21T23:59:59.999Z"))).toBe("2026-11-21");
  expect(dayOf(0)).toBe("1970-01-01");
});

test("a day of a time zone begins at its own midnight, in summer and in winter", () => {
  const dayOf = calendar("Europe/Berlin");
  expect(dayOf(at("2026-07-01T21:59:59Z"))).toBe("2026-07-01");
  expect(dayOf(at("2026-07-01T22:00:00Z"))).toBe("2026-07-02");
  expect(dayOf(at("2026-01-01T22:59:59Z"))).toBe("2026-01-01");
  expect(dayOf(at("2026-01-01T23:00:00Z"))).toBe("2026-01-02");
});

test("zones may be 45 minutes off the hour", () => {
  const dayOf = calendar("Asia/Kathmandu"); // UTC+5:45
  expect(dayOf(at("2026-01-01T18:14:59Z"))).toBe("2026-01-01");
  expect(dayOf(at("2026-01-01T18:15:00Z"))).toBe("2026-01-02");
});

test("what is no time is on no day", () => {
  const dayOf = calendar("Europe/Berlin");
  for (const ts of ["1", null, undefined, Number.NaN, Number.POSITIVE_INFINITY, 1e300, {}]) {
    expect(dayOf(ts)).toBe("(unknown)");
  }
  for (const ts of [8.64e12, -8.64e12, -1]) {
    expect(dayOf(ts)).toMatch(/^[+-]?\d{4,6}-\d\d-\d\d$/);
  }
});

test("a zone that there is not is refused", () => {
  expect(() => calendar("Mars/Olympus")).toThrow(TypeError);
  expect(() => calendar(7 as never)).toThrow('timeZone must be one like "Europe/Berlin", not 7');
});
