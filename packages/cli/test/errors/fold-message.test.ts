import fc from "fast-check";
import { expect, test } from "vitest";
import { foldMessage } from "../../src/errors/fold-message.ts";

test("what differs between messages of the same error is folded", () => {
  const same = (a: string, b: string) => {
    expect(foldMessage(a)).toBe(foldMessage(b));
    return foldMessage(a);
  };
  expect(same("timed out after 3000 ms", "timed out after 2.5 ms")).toBe("timed out after # ms");
  expect(
    same(
      'Order 4711 of "acme" not found in /var/db/7f3a9c21.json',
      'Order 12 of "Müller & Co" not found in /tmp/x.json',
    ),
  ).toBe('Order # of "…" not found in <path>');
  expect(
    same(
      "no run 0199f0a2-5b7e-7cc1-8d2a-1f2e3d4c5b6a at 2026-11-22T18:45:00.123Z",
      "no run 0199f0a2-0000-7cc1-8d2a-1f2e3d4c5b6b at 2026-11-23 01:00:00",
    ),
  ).toBe("no run <id> at <time>");
  expect(
    same(
      "GET https://api.example.com/v1/orders/12 gave 504\nat line 12",
      "GET http://localhost:80/x gave 503",
    ),
  ).toBe("GET <url> gave #");
  expect(same("toolu_01A09q90qw90lq917 is unknown", "toolu_01Zzzzzzzzzzzzzzz is unknown")).toBe(
    "<id> is unknown",
  );
});

test("words, and what belongs to a message, stay", () => {
  const message = "can't read properties of undefined, and/or isn't a function";
  expect(foldMessage(message)).toBe(message);
});

test("any message gives one short line, in time that does not grow faster than it", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 3000 }), (message) => {
      const folded = foldMessage(message);
      expect(folded.length).toBeLessThan(410);
      expect(folded).not.toContain("\n");
    }),
  );
  for (const nasty of ['"', "'", "/", "a1-", "http://", "1.", "{", "\\"]) {
    const startedAt = performance.now();
    foldMessage(nasty.repeat(1_000_000));
    expect(performance.now() - startedAt).toBeLessThan(1000);
  }
});
