import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DurationSeries } from "../../src/summary/duration-series.ts";
import { percentile } from "../../src/summary/percentile.ts";

const EXACT_UP_TO = 4096;

function seriesOf(values: Iterable<number>): DurationSeries {
  const series = new DurationSeries();
  for (const value of values) series.add(value);
  return series;
}

/** What the percentiles are, worked out on all values at once. */
function expectedOf(values: readonly number[]) {
  const sorted = Float64Array.from(values, (value) => Math.max(value, 0)).sort();
  return {
    count: sorted.length,
    p50: percentile(sorted, 0.5) ?? Number.NaN,
    p95: percentile(sorted, 0.95) ?? Number.NaN,
    p99: percentile(sorted, 0.99) ?? Number.NaN,
    max: sorted.at(-1) ?? Number.NaN,
    mean: sorted.reduce((sum, value) => sum + value, 0) / sorted.length,
  };
}

/** Holds p50, p95 and p99 to the 1 % that the series promises, or a nanosecond. */
function expectWithin1Percent(series: DurationSeries, values: readonly number[]): void {
  const actual = series.percentiles();
  const expected = expectedOf(values);
  for (const key of ["p50", "p95", "p99"] as const) {
    const difference = Math.abs((actual[key] ?? Number.NaN) - expected[key]);
    expect(difference, key).toBeLessThanOrEqual(Math.max(expected[key] * 0.01, 1e-6));
  }
  expect(actual.count).toBe(expected.count);
  expect(actual.max).toBe(expected.max);
  expectSameMean(actual.mean, expected.mean);
}

/** A sum of doubles depends on their order, in its last digits. */
function expectSameMean(actual: number | null, expected: number): void {
  expect(Math.abs((actual ?? Number.NaN) - expected)).toBeLessThanOrEqual(expected * 1e-9);
}

/** As many durations as asked for, of a kind that agents have. */
const manyDurations: fc.Arbitrary<number[]> = fc
  .record({
    kind: fc.constantFrom("heavy-tailed", "constant", "bimodal", "tiny", "with zeros", "negative"),
    length: fc.integer({ min: EXACT_UP_TO + 1, max: 3 * EXACT_UP_TO }),
    scale: fc.double({ min: 0.001, max: 1e6, noNaN: true }),
    seed: fc.integer({ min: 1, max: 2 ** 31 - 2 }),
  })
  .map(({ kind, length, scale, seed }) => {
    let state = seed;
    // Lehmer's generator with the multiplier of Park and Miller (1988), so that a seed says it all.
    const random = () => {
      state = (state * 48_271) % (2 ** 31 - 1);
      return state / (2 ** 31 - 1);
    };
    const one = (): number => {
      switch (kind) {
        case "heavy-tailed":
          return scale / random() ** 2;
        case "constant":
          return scale;
        case "bimodal":
          return scale * (random() < 0.5 ? 1 + random() : 1000 + random());
        case "tiny":
          return 1e-6 * random() ** 4;
        case "with zeros":
          return random() < 0.6 ? 0 : scale * random();
        default:
          return scale * (random() - 0.3);
      }
    };
    return Array.from({ length }, () => Math.min(one(), 1e12));
  });

describe("DurationSeries", () => {
  it("has no percentiles while it is empty", () => {
    expect(seriesOf([]).percentiles()).toEqual({
      count: 0,
      p50: null,
      p95: null,
      p99: null,
      max: null,
      mean: null,
    });
  });

  it("is exact up to 4,096 values, however they are split and in whatever order they come", () => {
    const duration = fc.double({ min: 0, max: 1e9, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(fc.array(duration, { maxLength: 600, size: "max" }), {
          minLength: 1,
          maxLength: 6,
        }),
        (parts) => {
          const merged = new DurationSeries();
          for (const part of parts) merged.merge(seriesOf(part));
          const { mean, ...actual } = merged.percentiles();
          const values = parts.flat();
          if (values.length === 0) {
            expect(actual.count).toBe(0);
            return;
          }
          const { mean: expectedMean, ...expected } = expectedOf(values);
          expect(actual).toEqual(expected);
          expectSameMean(mean, expectedMean);
        },
      ),
    );
  });

  it("is exact at 4,096 values and within 1 % with one more", () => {
    const values = Array.from({ length: EXACT_UP_TO }, (_, index) => index + 0.5);
    expect(seriesOf(values).percentiles()).toEqual(expectedOf(values));
    expectWithin1Percent(seriesOf([...values, 0.5]), [...values, 0.5]);
  });

  it("is within 1 % beyond that, whatever the distribution", () => {
    fc.assert(
      fc.property(manyDurations, (values) => expectWithin1Percent(seriesOf(values), values)),
      { numRuns: 60 },
    );
  });

  it("is within 1 % when merged from exact and bucketed parts in any order", () => {
    fc.assert(
      fc.property(
        fc.array(manyDurations, { minLength: 1, maxLength: 3 }),
        fc.array(fc.integer({ min: 0, max: 3 * EXACT_UP_TO }), { maxLength: 4 }),
        fc.boolean(),
        (lists, cuts, reversed) => {
          const values = lists.flat();
          const edges = [0, ...cuts.sort((a, b) => a - b), values.length];
          const parts = edges
            .slice(1)
            .map((end, index) => seriesOf(values.slice(edges[index], end)));
          if (reversed) parts.reverse();
          const merged = new DurationSeries();
          for (const part of parts) merged.merge(part);
          expectWithin1Percent(merged, values);
        },
      ),
      { numRuns: 40 },
    );
  });

  it("gives the value itself when all are the same", () => {
    const { count, mean, ...rest } = seriesOf(new Array(10_000).fill(240.125)).percentiles();
    expect(rest).toEqual({ p50: 240.125, p95: 240.125, p99: 240.125, max: 240.125 });
    expect(count).toBe(10_000);
    expect(mean).toBeCloseTo(240.125, 9);
  });

  it("counts what is negative as 0 and passes over what is no number", () => {
    const series = seriesOf([-5, Number.NaN, Number.POSITIVE_INFINITY, -0, 10]);
    for (const value of ["7", null, undefined, {}, [3], 3n]) series.add(value);
    expect(series.percentiles()).toMatchObject({ count: 3, p50: 0, max: 10 });
  });

  it("takes no duration for longer than 31 years, so that sums stay numbers", () => {
    const series = seriesOf(new Array(5000).fill(Number.MAX_VALUE));
    expect(series.percentiles()).toMatchObject({ p50: 1e12, max: 1e12, mean: 1e12 });
  });

  it("leaves what it merges as it was, and may be merged with itself", () => {
    for (const length of [3000, 5000]) {
      const values = Array.from({ length }, (_, index) => index + 1);
      const series = seriesOf(values);
      const other = seriesOf([1]);
      const before = series.percentiles();
      other.merge(series);
      expect(series.percentiles()).toEqual(before);
      series.merge(series);
      expectWithin1Percent(series, [...values, ...values]);
    }
  });

  it("goes on in another thread, from what it held", () => {
    for (const length of [0, 3000, 5000]) {
      const values = Array.from({ length }, (_, index) => index + 1);
      const state = structuredClone(seriesOf(values).state());
      const series = DurationSeries.of(state);
      series.add(0.5);
      expect(DurationSeries.of(state).percentiles()).toEqual(seriesOf(values).percentiles());
      expect(series.percentiles()).toEqual(seriesOf([...values, 0.5]).percentiles());
    }
  });
});
