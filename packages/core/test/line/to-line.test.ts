import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { toLine } from "../../src/line/to-line.ts";

// Units as they come, and often those that a line must not hold as they are.
const unit = fc.oneof(
  fc.integer({ min: 0, max: 0xffff }),
  fc.constantFrom(0x5c, 0x22, 0x7f, 0x85, 0x9b, 0x2028, 0x202e, 0xd800, 0xdbff, 0xdc00, 0xdfff),
);
const anyText = fc.string({ unit: unit.map((code) => String.fromCharCode(code)) });

// What strict readers and terminals stumble over: C0, DEL, C1, line separators, bidi controls.
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are looked for
const UNSAFE = /[\0-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;

describe("any text", () => {
  test("is read back as it was, but for half pairs, which become U+FFFD", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(JSON.parse(toLine({ text }).text)).toEqual({ text: text.toWellFormed() });
      }),
      { numRuns: 2000 },
    );
  });

  test("leaves a line without controls, of the size that it says, with one line end", () => {
    fc.assert(
      fc.property(anyText, anyText, (key, text) => {
        const line = toLine({ [key]: text });
        expect(line.text.slice(0, -1)).not.toMatch(UNSAFE);
        expect(line.text.isWellFormed()).toBe(true);
        expect(line.text.endsWith("}\n")).toBe(true);
        expect(line.bytes).toBe(Buffer.byteLength(line.text));
        expect(line.repaired).toBe(!`${key}|${text}`.isWellFormed());
      }),
      { numRuns: 2000 },
    );
  });
});

test.each([
  ["DEL", "\x7f", "\\u007f"],
  ["C1", "\x80\x9f", "\\u0080\\u009f"],
  ["line and paragraph separators", "\u2028\u2029", "\\u2028\\u2029"],
  ["bidi marks", "\u061c\u200e\u200f", "\\u061c\\u200e\\u200f"],
  ["bidi embeddings and overrides", "\u202a\u202e", "\\u202a\\u202e"],
  ["bidi isolates", "\u2066\u2069", "\\u2066\\u2069"],
  ["a half pair, high", "a\ud83d", "a\ufffd"],
  ["a half pair, low", "\udc00b", "\ufffdb"],
  ["two halves the wrong way round", "\udc00\ud800", "\ufffd\ufffd"],
  ["a pair", "\ud83d\ude00", "\ud83d\ude00"],
  ["a backslash before what looks like a half pair", "\\ud800", "\\\\ud800"],
  ["a backslash before a half pair", "\\\ud800", "\\\\\ufffd"],
  [
    "neighbours of what is escaped",
    "~\xa0\u2027\u202f\u2065\u206a",
    "~\xa0\u2027\u202f\u2065\u206a",
  ],
])("%s", (_, text, written) => {
  expect(toLine([text]).text).toBe(`["${written}"]\n`);
});

test("two keys that repair to the same one stand there once", () => {
  const { text } = toLine({ "\ud800": 1, "\ud801": 2, a: { "\udc00": 3, "\ufffd": 4 } });
  expect(text).toBe('{"\ufffd":2,"a":{"\ufffd":4}}\n');
});

test("a repair keeps an own __proto__", () => {
  const { text } = toLine(JSON.parse('{"__proto__":{"a":"\\ud800"}}'));
  expect(text).toBe('{"__proto__":{"a":"\ufffd"}}\n');
});

// The buffer that lines are looked through in takes 16,384 bytes.
const sizes = [16_381, 16_382, 16_383, 16_384, 16_385, 16_386];

test.each(sizes)(
  "a line of %i characters is escaped and measured, wherever its rare ones are",
  (size) => {
    for (const rare of ["é", "€", "\x85", "\u2028", "\x7f", "😀"]) {
      for (const at of [0, 1, 2, 3]) {
        const room = size - 4 - 2 * rare.length - at; // brackets and quotes
        const line = toLine([`${rare}${"a".repeat(room)}${rare}${"b".repeat(at)}`]);
        expect(line.bytes).toBe(Buffer.byteLength(line.text));
        expect(line.text.slice(0, -1)).not.toMatch(UNSAFE);
      }
    }
  },
);

test("a million backslashes before a half pair take less than 200 ms", () => {
  const took = (text: string) => {
    const startedAt = performance.now();
    toLine([text]);
    return performance.now() - startedAt;
  };
  const text = `${"\\".repeat(1_000_000)}\ud800`;
  expect(Math.min(took(text), took(text), took(text))).toBeLessThan(200);
});
