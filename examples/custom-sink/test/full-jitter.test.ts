import fc from "fast-check";
import { expect, it } from "vitest";
import { fullJitter } from "../full-jitter.ts";

it("waits up to a limit that doubles with each attempt", () => {
  const longest = [0, 1, 2, 3].map((attempt) => fullJitter(attempt, 200, () => 1));
  expect(longest).toEqual([200, 400, 800, 1_600]);
});

it("spreads the delay from zero to its limit", () => {
  expect([0, 0.25, 0.5].map((chance) => fullJitter(1, 200, () => chance))).toEqual([0, 100, 200]);
});

it("never waits for longer than half a minute, after any number of attempts", () => {
  fc.assert(
    fc.property(fc.nat(2_000), fc.integer({ min: 1, max: 60_000 }), (attempt, firstMs) => {
      const delay = fullJitter(attempt, firstMs);
      expect(delay).toBeGreaterThanOrEqual(0);
      expect(delay).toBeLessThanOrEqual(30_000);
    }),
  );
});
