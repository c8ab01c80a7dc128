import fc from "fast-check";
import stringWidth from "string-width";
import { expect, test } from "vitest";
import { cutEnd, fit, widthOf, wrap } from "../../src/output/cells.ts";

// Wide, combining, joined and plain ones; no controls, which are made visible before.
const texts = fc
  .array(fc.constantFrom(..."abc xyz", "漢", "é", "e\u{301}", "👩‍👩‍👧", "🇩🇪", "ｶ", "…", "-"), {
    maxLength: 60,
  })
  .map((all) => all.join(""));
const widths = fc.integer({ min: 2, max: 40 });

test("a text that is cut has room, and says that it was", () => {
  fc.assert(
    fc.property(texts, widths, (text, width) => {
      const shown = cutEnd(text, width);
      expect(stringWidth(shown)).toBeLessThanOrEqual(width);
      if (stringWidth(text) <= width) expect(shown).toBe(text);
      else expect(shown.endsWith("…")).toBe(true);
    }),
  );
});

test("a text that is fitted takes its cells exactly", () => {
  fc.assert(
    fc.property(
      texts,
      widths,
      fc.constantFrom("left", "right"),
      fc.constantFrom("end", "middle"),
      (text, width, align, cut) => {
        expect(stringWidth(fit(text, width, { align, cut }))).toBe(width);
      },
    ),
  );
});

test("a text that is wrapped loses nothing, and no piece is too wide", () => {
  fc.assert(
    fc.property(texts, widths, (text, width) => {
      const pieces = wrap(text, width);
      expect(pieces.join("")).toBe(text);
      for (const piece of pieces) expect(stringWidth(piece)).toBeLessThanOrEqual(width);
    }),
  );
});

test("lines break at spaces that are not far back", () => {
  expect(wrap("the quick brown fox jumps", 12)).toEqual(["the quick ", "brown fox ", "jumps"]);
  expect(wrap("a supercalifragilistic word", 10)[0]).toBe("a supercal");
});

test("of names the middle gives way where that is asked for", () => {
  expect(fit("mcp__github__create_issue", 12, { cut: "middle" })).toBe("mcp__g…issue");
  expect(fit("search", 8, { align: "right" })).toBe("  search");
  expect(fit("search", 0)).toBe("");
  expect(widthOf("漢字")).toBe(4);
});

test("a megabyte is cut and wrapped without being measured as a whole", () => {
  const text = "漢字かな交じり文 ".repeat(100_000);
  const startedAt = performance.now();
  cutEnd(text, 80);
  fit(text, 80, { cut: "middle" });
  // A hundredth of what measuring it takes; generous, since machines are busy.
  expect(performance.now() - startedAt).toBeLessThan(500);
});
