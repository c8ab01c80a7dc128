import { expect, test } from "vitest";
import { BoundedMap } from "../../src/tally/bounded-map.ts";

test("keys beyond the limit share one, and known keys stay their own", () => {
  const map = new BoundedMap(2, () => 0);
  for (const key of ["a", "b", "c", "d", "a"]) map.update(key, (count) => count + 1);
  expect({ ...map.toObject((count) => count) }).toEqual({ a: 2, b: 1, "(other)": 2 });
});

test("keys may be called as the properties of an object are", () => {
  const map = new BoundedMap(9, () => 0);
  for (const key of ["__proto__", "constructor"]) map.update(key, () => 7);
  const object = map.toObject((count) => count);
  expect(Object.getPrototypeOf(object)).toBe(null);
  expect(Object.entries(object)).toEqual([
    ["__proto__", 7],
    ["constructor", 7],
  ]);
});
