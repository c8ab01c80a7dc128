import fc from "fast-check";
import { expect, test } from "vitest";
import { StepSet } from "../../src/read/step-set.ts";
import { range } from "../support/collect.ts";

test("knows what was added and what is missing, as a set of all numbers would", () => {
  const property = fc.property(fc.array(fc.nat(40), { minLength: 1 }), (steps) => {
    const set = new StepSet();
    const seen = new Set<number>();
    for (const step of steps) {
      expect(set.add(step)).toBe(!seen.has(step));
      seen.add(step);
    }
    const missing = set.gaps(0).flatMap(({ from, to }) => range(from, to));
    const last = Math.max(...steps);
    expect(missing).toEqual(range(0, last).filter((step) => !seen.has(step)));
    const lowest = Math.min(...steps);
    expect(set.gaps()).toEqual(set.gaps(lowest));
  });
  fc.assert(property);
});
