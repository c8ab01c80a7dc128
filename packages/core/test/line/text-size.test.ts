import fc from "fast-check";
import { afterEach, expect, test, vi } from "vitest";
import { cutText, fitting, jsonBytes, utf8Bytes } from "../../src/line/text-size.ts";
import { toLine } from "../../src/line/to-line.ts";

const wellFormed = fc.string({ unit: "binary" });

afterEach(() => {
  vi.unstubAllGlobals();
});

test.each([
  ["where there is a Buffer", globalThis.Buffer],
  ["in a browser", undefined],
])("utf8Bytes is the size of a text in UTF-8, %s", (_, buffer) => {
  vi.stubGlobal("Buffer", buffer);
  fc.assert(
    fc.property(wellFormed, (text) => {
      expect(utf8Bytes(text)).toBe(new TextEncoder().encode(text).length);
    }),
  );
});

test("jsonBytes is never less than what a line takes for the text", () => {
  fc.assert(
    fc.property(wellFormed, (text) => {
      const quotes = 2;
      const line = toLine([text]).bytes - "[]\n".length - quotes;
      expect(jsonBytes(text)).toBeGreaterThanOrEqual(line);
    }),
    { numRuns: 1000 },
  );
});

test.each([
  ["plain text", "abc", 3],
  ["what JSON escapes with a letter or a number", '"\\\n\u0001', 2 + 2 + 6 + 6],
  ["what a line escapes beyond that", "\x7f\x85\u2028\u202e\u061c", 6 * 5],
  ["two, three and four bytes", "é€😀", 2 + 3 + 4],
])("jsonBytes of %s", (_, text, bytes) => {
  expect(jsonBytes(text)).toBe(bytes);
});

test("fitting is the longest beginning that fits", () => {
  fc.assert(
    fc.property(wellFormed, fc.nat(100), (text, limit) => {
      const units = fitting(text, limit);
      expect(jsonBytes(text.slice(0, units))).toBeLessThanOrEqual(limit);
      if (units < text.length) expect(jsonBytes(text.slice(0, units + 1))).toBeGreaterThan(limit);
    }),
  );
});

test("cutText gives a beginning that is no longer than asked and ends in no half of a pair", () => {
  fc.assert(
    fc.property(wellFormed, fc.nat(60), (text, units) => {
      const cut = cutText(text, Math.min(units, text.length));
      expect(text.startsWith(cut)).toBe(true);
      expect(cut.length).toBeLessThanOrEqual(units);
      expect(cut.isWellFormed()).toBe(true);
    }),
    { numRuns: 1000 },
  );
});

test.each([
  ["a word is left out rather than cut in two", "the key is sk-abcdef", 15, "the key is "],
  ["a text of one word is cut where asked", "x".repeat(100), 10, "x".repeat(10)],
  [
    "a word of more than 512 characters is cut",
    `a ${"x".repeat(600)}`,
    600,
    `a ${"x".repeat(598)}`,
  ],
  ["nothing is asked for", "abc", 0, ""],
])("cutText: %s", (_, text, units, cut) => {
  expect(cutText(text, units)).toBe(cut);
});
