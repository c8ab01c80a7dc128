import type { Json } from "@step-log/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { brief } from "../../src/show/brief.ts";
import { valueLines } from "../../src/show/value-lines.ts";
import { textOfLine } from "../../src/terminal/line.ts";

const written = (value: Json, maxChars?: number) =>
  [...valueLines(value, maxChars === undefined ? {} : { maxChars })].map(textOfLine);

test("keys stand before their values, what is inside stands in", () => {
  const value = {
    path: "a.ts",
    limit: 10,
    nested: { on: true, none: null },
    list: [1, 2],
    empty: {},
  };
  expect(written(value)).toEqual([
    "path: a.ts",
    "limit: 10",
    "nested: ",
    "  on: true",
    "  none: null",
    "list: [1, 2]",
    "empty: {}",
  ]);
});

test("texts of several lines stand as they are, below their key", () => {
  expect(written({ text: "# Title\n\n\tbody" })).toEqual([
    "text: ",
    "  # Title",
    "  ",
    "          body",
  ]);
  expect(written("one\r\ntwo")).toEqual(["one", "two"]);
});

test("texts that would read as something else have their quotes", () => {
  expect(written({ a: "12", b: "true", c: "", d: " x" })).toEqual([
    'a: "12"',
    'b: "true"',
    'c: ""',
    'd: " x"',
  ]);
});

test("lists of objects have a dash before the first key", () => {
  expect(
    written([
      { id: 1, name: "a" },
      { id: 2, name: "b" },
    ]),
  ).toEqual(["- id: 1", "  name: a", "- id: 2", "  name: b"]);
});

test("a long text is cut where that is asked for, and says how much more there is", () => {
  expect(written({ text: "x".repeat(2000) }, 5)).toEqual([
    "text: xxxxx",
    "… 1,995 more characters",
  ]);
});

test("any value is written, and is briefly told in one line", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
      expect(written(value as Json).length).toBeGreaterThan(0);
      expect(brief(value as Json)).not.toMatch(/\n/);
    }),
  );
});

test("a value of a million levels and one of a megabyte end in time", () => {
  let deep: Json = 1;
  for (let i = 0; i < 1_000_000; i++) deep = [deep];
  expect(written({ deep }).at(-1)).toContain("deeper than is shown");
  expect(brief({ deep, long: "x".repeat(1_000_000) }).length).toBeLessThan(1000);
});
