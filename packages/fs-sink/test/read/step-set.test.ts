import fc from "fast-check";
import { expect, test } from "vitest";
import { StepSet } from "../../src/read/step-set.ts";

test("holds what was added, in as few stretches as there are", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(40), { maxLength: 60 }), (steps) => {
      const set = new StepSet();
      const plain = new Set<number>();
      for (const step of steps) {
        expect(set.add(step)).toBe(!plain.has(step));
        plain.add(step);
      }
      const stretches = [...set.stretches()];
      const held = stretches.flatMap(({ from, to }) =>
        Array.from({ length: to - from + 1 }, (_, at) => from + at),
      );
      expect(held).toEqual([...plain].sort((a, b) => a - b));
      stretches.slice(1).forEach(({ from }, at) => {
        expect(from).toBeGreaterThan((stretches[at]?.to ?? 0) + 1);
      });
      expect(set.stretchCount).toBe(stretches.length);
    }),
    { numRuns: 1_000 },
  );
});

test("takes the largest of numbers", () => {
  const set = new StepSet();
  expect(set.add(Number.MAX_SAFE_INTEGER)).toBe(true);
  expect(set.add(Number.MAX_SAFE_INTEGER - 1)).toBe(true);
  expect(set.add(0)).toBe(true);
  expect(set.stretchCount).toBe(2);
});
