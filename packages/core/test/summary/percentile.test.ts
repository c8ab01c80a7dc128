import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { percentile } from "../../src/summary/percentile.ts";

describe("percentile", () => {
  // Expected values by DuckDB 1.5.6: SELECT quantile_cont(x, 0.95) FROM (SELECT unnest([…]) x)
  const durations = [0, 12.5, 31, 31, 77, 240, 980.25, 4100.75];

  it("interpolates between the closest ranks, as DuckDB does", () => {
    expect(percentile(durations, 0.5)).toBe(54);
    expect(percentile(durations, 0.95)).toBeCloseTo(3008.575, 10);
    expect(percentile(durations, 0.99)).toBeCloseTo(3882.315, 10);
  });

  it("gives the smallest at 0, the largest at 1, and the only one everywhere", () => {
    expect(percentile(durations, 0)).toBe(0);
    expect(percentile(durations, 1)).toBe(4100.75);
    expect(percentile([240], 0.95)).toBe(240);
  });

  it("has none of nothing", () => {
    expect(percentile([], 0.5)).toBeNull();
  });

  it("takes typed arrays too", () => {
    expect(percentile(Float64Array.of(1, 2, 3, 4), 0.5)).toBe(2.5);
  });

  it("never falls as the fraction rises, and stays between its neighbours", () => {
    const number = fc.double({ min: 0, max: 1e12, noNaN: true });
    const fraction = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.array(number, { minLength: 1 }), fraction, fraction, (numbers, a, b) => {
        const sorted = Float64Array.from(numbers).sort();
        const low = percentile(sorted, Math.min(a, b)) ?? Number.NaN;
        const high = percentile(sorted, Math.max(a, b)) ?? Number.NaN;
        expect(low).toBeLessThanOrEqual(high);
        expect(low).toBeGreaterThanOrEqual(sorted.at(0) ?? Number.NaN);
        expect(high).toBeLessThanOrEqual(sorted.at(-1) ?? Number.NaN);
      }),
    );
  });
});
