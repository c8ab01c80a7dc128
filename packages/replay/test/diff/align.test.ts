import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { align } from "../../src/diff/align.ts";

describe("what is aligned", () => {
  const few = fc.array(fc.nat({ max: 4 }), { maxLength: 60 });

  test("is a longest common subsequence", () => {
    fc.assert(
      fc.property(few, few, (a, b) => {
        const pairs = checkedPairs(a, b);
        expect(pairs).toHaveLength(longestCommon(a, b));
      }),
      { numRuns: 2000 },
    );
  });

  test("is a common subsequence where looking for the longest would take too long", () => {
    const random = numbers(1);
    const a = Array.from({ length: 5000 }, () => random(50));
    const b = Array.from({ length: 4000 }, () => random(50));
    // Of random texts over 50 letters about a quarter is common; a guess has to be near.
    expect(checkedPairs(a, b).length).toBeGreaterThan(700);
  });

  test("are sequences that have nothing in common, in a time that grows with their length", () => {
    const a = Array.from({ length: 100_000 }, (_, i) => i);
    const b = a.map((it) => -1 - it);
    const startedAt = performance.now();
    expect(align(a, b).every((it) => it === -1)).toBe(true);
    // Some 0.3 s on the machine that it was written on; n² would be minutes.
    expect(performance.now() - startedAt).toBeLessThan(10_000);
  });
});

/** The pairs, after a look at whether both sides rise and hold the same. */
function checkedPairs(a: readonly number[], b: readonly number[]): (readonly [number, number])[] {
  const pairs = [...align(a, b).entries()].filter(([, j]) => j !== -1);
  let last = -1;
  for (const [i, j] of pairs) {
    expect(j).toBeGreaterThan(last);
    expect(a[i]).toBe(b[j]);
    last = j;
  }
  return pairs;
}

function longestCommon(a: readonly number[], b: readonly number[]): number {
  let row = new Array<number>(b.length + 1).fill(0);
  for (const item of a) {
    const next = [0];
    for (let j = 1; j <= b.length; j++) {
      const best = Math.max(row[j] ?? 0, next[j - 1] ?? 0);
      next.push(item === b[j - 1] ? (row[j - 1] ?? 0) + 1 : best);
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}

/** Whole numbers below a limit, the same ones for the same seed. */
function numbers(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state % limit;
  };
}
