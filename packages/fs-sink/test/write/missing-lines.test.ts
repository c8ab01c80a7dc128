import fc from "fast-check";
import { expect, test } from "vitest";
import { missingLines } from "../../src/write/missing-lines.ts";

/** What became of one line of ours. */
type Fate = "whole" | "absent" | "torn" | "glued to a stub";

const fate = fc.constantFrom<Fate>("whole", "absent", "torn", "glued to a stub");
const foreign = fc.array(fc.constantFrom('{"other":1}\n', '{"oth\n', "\n", "\0\0\0\n"), {
  maxLength: 3,
});
const place = fc.record({
  fate,
  before: foreign,
  cut: fc.nat(1_000),
  words: fc.string({ maxLength: 30 }),
});

test("exactly the lines that do not stand whole, on lines of their own, are missing", () => {
  fc.assert(
    fc.property(fc.array(place, { minLength: 1, maxLength: 20 }), fc.nat(50), (places, lead) => {
      const lines = places.map(({ words }, n) => `${JSON.stringify({ n, words })}\n`);
      const region = places.map(({ fate, before, cut }, n) => {
        const line = lines[n] ?? "";
        // A piece without its end, closed by whoever wrote next.
        const piece = line.slice(0, 1 + (cut % (line.length - 2)));
        const stands = {
          whole: line,
          absent: "",
          torn: `${piece}\n`,
          "glued to a stub": `{"o${line}`,
        };
        return before.join("") + stands[fate];
      });
      // Lines of a batch do not begin where their buffer begins.
      const block = Buffer.from(" ".repeat(lead) + lines.join(""));
      const missing = missingLines(block, lead, block.length, Buffer.from(region.join("")));
      const found = missing.map(({ from, to }) => block.toString("utf8", from, to));
      expect(found.join("")).toBe(lines.filter((_, n) => places[n]?.fate !== "whole").join(""));
    }),
    { numRuns: 500 },
  );
});

test("a line that stands at the end without its \\n is missing", () => {
  const block = Buffer.from('{"n":1}\n{"n":2}\n');
  expect(missingLines(block, 0, block.length, Buffer.from('{"n":1}\n{"n":2}'))).toEqual([
    { from: 8, to: 16 },
  ]);
});

test("a line that stood there before as often is not taken for a new one", () => {
  const block = Buffer.from("same\nsame\n");
  expect(missingLines(block, 0, block.length, Buffer.from("same\nother\n"))).toEqual([
    { from: 5, to: 10 },
  ]);
});
