import fc from "fast-check";
import { expect, test } from "vitest";
import { isAt, Pattern } from "../../../src/read/scan/pattern.ts";

test("a pattern is where its bytes are, and nowhere else", () => {
  const texts = fc.string({
    unit: fc.constantFrom("a", "b", '"', "é", "🛫"),
    minLength: 4,
    maxLength: 40,
  });
  fc.assert(
    fc.property(texts, fc.nat(40), texts, fc.nat(12), (wanted, at, other, before) => {
      const pattern = new Pattern(Buffer.from(wanted));
      const changed = [...wanted].map((char, index) => (index === at ? "c" : char)).join("");
      for (const found of [wanted, changed, other, wanted.slice(1)]) {
        const text = `${"x".repeat(before)}${found}\n`;
        // Behind the line end there are 7 bytes to look at.
        const bytes = Uint8Array.from(Buffer.from(`${text}1234567`));
        const view = new DataView(bytes.buffer);
        expect(isAt(view, before, pattern), found).toBe(found.startsWith(wanted));
      }
    }),
  );
});
