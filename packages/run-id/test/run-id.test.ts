import fc from "fast-check";
import { expect, test } from "vitest";
import { isRunId, newRunId, short, timeOf } from "../src/index.ts";

test("new ids are UUIDs of version 7 that sort in the order in which they were made", () => {
  const ids = Array.from({ length: 20_000 }, newRunId);
  expect(ids.every(isRunId)).toBe(true);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.toSorted()).toEqual(ids);
});

test("the time of an id is that at which it was made", () => {
  const before = Date.now();
  const time = timeOf(newRunId())?.getTime() ?? 0;
  // Ids that are made faster than 1 a ms may be ahead of the clock, never behind it.
  expect(time).toBeGreaterThanOrEqual(before);
  expect(time).toBeLessThanOrEqual(Date.now() + 1);
});

test("the time is read as RFC 9562, appendix A.6, has it", () => {
  const example = "017f22e2-79b0-7cc3-98c4-dc0c0c07398f";
  expect(timeOf(example)?.toISOString()).toBe("2022-02-22T19:22:22.000Z");
});

test.each([
  ["another version", "9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d"],
  ["capitals, since ids are compared as text", "017F22E2-79B0-7CC3-98C4-DC0C0C07398F"],
  ["another variant", "017f22e2-79b0-7cc3-08c4-dc0c0c07398f"],
  ["no UUID", "run-abc123"],
  ["a text around it", " 017f22e2-79b0-7cc3-98c4-dc0c0c07398f"],
  ["nothing", ""],
])("is no id of ours: %s", (_, id) => {
  expect(isRunId(id)).toBe(false);
  expect(timeOf(id)).toBeUndefined();
});

test.each([undefined, null, 7, {}, ["017f22e2-79b0-7cc3-98c4-dc0c0c07398f"], Symbol("id")])(
  "is no text, so no id: %s",
  (value) => {
    expect(isRunId(value)).toBe(false);
  },
);

test("short ids of one minute differ", () => {
  const ids = Array.from({ length: 100 }, newRunId).map(short);
  expect(ids.every((id) => /^[\da-f]{8}$/.test(id))).toBe(true);
  expect(new Set(ids).size).toBe(100);
});

test("other ids are left as they are while they are short", () => {
  expect(["run-abc123", "", "nightly-2026-11-22-0004711"].map(short)).toEqual([
    "run-abc123",
    "",
    "1-22-0004711",
  ]);
});

test("whatever the text, it is judged and shortened without an error", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      expect(isRunId(text)).toBe(false);
      expect(text.endsWith(short(text))).toBe(true);
    }),
  );
});
