import pc from "picocolors";
import { expect, test } from "vitest";
import { textMatch } from "../../src/replay/state/search.ts";
import { line, paintLine, span, textOfLine, wrapLine } from "../../src/terminal/line.ts";

const paint = pc.createColors(true);

test("a line that is too wide goes on below, standing in", () => {
  const given = { spans: [span("key: ", "key"), span("one two three four five six")], hang: 4 };
  const wrapped = wrapLine(given, 14);
  expect(wrapped.map(textOfLine)).toEqual(["key: one two ", "    three four", "    five six"]);
  expect(wrapped[0]?.spans.map(({ tone }) => tone)).toEqual(["key", "text"]);
});

test("a line is painted piece by piece, and cut where it is too wide", () => {
  const given = line(span("red", "bad"), " and the rest");
  expect(paintLine(given, 40, paint)).toBe(`${paint.red("red")} and the rest`);
  expect(paintLine(given, 8, paint)).toBe(`${paint.red("red")} and${paint.dim("…")}`);
});

test("what was searched for stands out in its own colour", () => {
  const painted = paintLine(line(span("a Needle", "bad")), 40, paint, textMatch("needle"));
  expect(painted).toBe(paint.red("a ") + paint.inverse(paint.red("Needle")) + paint.red(""));
});

test("controls in what a log holds are made visible, tabs are spaces", () => {
  expect(span("\u{1b}[31m\tred").text).toBe("\\u{1b}[31m   red");
});
