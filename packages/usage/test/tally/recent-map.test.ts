import { expect, test } from "vitest";
import { RecentMap } from "../../src/tally/recent-map.ts";

test("the key that was asked for longest ago makes room", () => {
  const dropped: [string, string][] = [];
  const map = new RecentMap(
    2,
    (key) => key.toUpperCase(),
    (...entry) => dropped.push(entry),
  );
  for (const key of ["a", "b", "a", "c", "c", "d"]) expect(map.at(key)).toBe(key.toUpperCase());
  expect(dropped).toEqual([
    ["b", "B"],
    ["a", "A"],
  ]);
  expect([...map].map(([key]) => key)).toEqual(["c", "d"]);
});

test("a look does not count", () => {
  const map = new RecentMap(2, (key) => key);
  for (const key of ["a", "b"]) map.at(key);
  expect(map.peek("a")).toBe("a");
  map.at("c");
  expect(map.peek("a")).toBe(undefined);
});
