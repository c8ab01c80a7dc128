import { percentileOf } from "./percentile.ts";
import type { Percentiles } from "./summary.ts";
import { numberOf } from "./untrusted-record.ts";

// 4,096 numbers of 8 bytes are 32 KiB; with 1,000 tools and 1,000 models, all busy, 64 MiB.
const MAX_EXACT = 4096;
const FIRST_ROOM = 16;

// Bucket 0 is for what is shorter than a nanosecond; each of the others reaches 2 % further than
// the one before, up to 1e12 ms (31 years): ln(1e12 / 1e-6) / ln(1.02) = 2,093 of them, 16 KiB.
const MIN_MS = 1e-6;
const MAX_MS = 1e12;
const WIDTH = 1.02;
const BUCKETS = 2095;

/** What a series holds: plain data, which can be given to another thread. */
export interface DurationState {
  /** While there are at most 4,096 of them. */
  readonly values: Float64Array;
  readonly buckets: Float64Array | undefined;
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
}

/**
 * Takes durations in milliseconds one by one and tells their percentiles.
 *
 * Exact for up to 4,096 values, in whatever order and parts they came. With more, values are
 * counted in buckets whose width grows with the value, as in DDSketch (Masson, Rim, Lee, VLDB
 * 2019), and each of p50, p95 and p99 is within 1 % of the exact one, or a nanosecond; `count`,
 * `max` and `mean` stay exact (docs/decisions/003-percentiles.md). What is no finite number is
 * passed over, what is negative counts as 0, and what is above 1e12 ms as that.
 */
export class DurationSeries {
  // Outside of the heap, with room to grow. A list that grows is copied by the garbage collector again
  // and again, by which V8 judges how large the young generation should be.
  #values: Float64Array = new Float64Array(0);
  #buckets: Float64Array | undefined;
  #count = 0;
  #sum = 0;
  #min = MAX_MS;
  #max = 0;

  /** Makes a series of what another one held. */
  static of({ values, buckets, count, sum, min, max }: DurationState): DurationSeries {
    const series = new DurationSeries();
    series.#values = values.slice();
    series.#buckets = buckets?.slice();
    series.#count = count;
    series.#sum = sum;
    series.#min = min;
    series.#max = max;
    return series;
  }

  /** What it holds; valid until the next change. */
  state(): DurationState {
    return {
      values: this.#values.slice(0, this.#exact),
      buckets: this.#buckets,
      count: this.#count,
      sum: this.#sum,
      min: this.#min,
      max: this.#max,
    };
  }

  add(ms: unknown): void {
    const value = Math.min(Math.max(numberOf(ms), 0), MAX_MS);
    if (Number.isNaN(value)) return;
    if (this.#buckets !== undefined) addToBucket(this.#buckets, value);
    else if (this.#count < MAX_EXACT) this.#keep(value);
    else addToBucket(this.#toBuckets(), value);
    this.#count += 1;
    this.#sum += value;
    if (value < this.#min) this.#min = value;
    if (value > this.#max) this.#max = value;
  }

  merge(other: DurationSeries): void {
    if (other.#buckets === undefined) {
      for (const value of other.#values.slice(0, other.#exact)) this.add(value);
      return;
    }
    const buckets = this.#toBuckets();
    other.#buckets.forEach((count, index) => {
      buckets[index] = (buckets[index] ?? 0) + count;
    });
    this.#count += other.#count;
    this.#sum += other.#sum;
    this.#min = Math.min(this.#min, other.#min);
    this.#max = Math.max(this.#max, other.#max);
  }

  percentiles(): Percentiles {
    const count = this.#count;
    const buckets = this.#buckets;
    const sorted = this.#values.slice(0, this.#exact).sort();
    const at = (fraction: number): number | null =>
      percentileOf(count, fraction, (rank) =>
        buckets === undefined ? (sorted[rank] ?? 0) : this.#inBuckets(buckets, rank),
      );
    return {
      count,
      p50: at(0.5),
      p95: at(0.95),
      p99: at(0.99),
      max: count > 0 ? this.#max : null,
      mean: count > 0 ? this.#sum / count : null,
    };
  }

  /** How many values are kept as they are: all or none. */
  get #exact(): number {
    return this.#buckets === undefined ? this.#count : 0;
  }

  #keep(value: number): void {
    const at = this.#count;
    if (at === this.#values.length) {
      const larger = new Float64Array(Math.min(MAX_EXACT, Math.max(FIRST_ROOM, 2 * at)));
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[at] = value;
  }

  #toBuckets(): Float64Array {
    if (this.#buckets !== undefined) return this.#buckets;
    const buckets = new Float64Array(BUCKETS);
    for (const value of this.#values.subarray(0, this.#count)) addToBucket(buckets, value);
    this.#buckets = buckets;
    this.#values = new Float64Array(0);
    return buckets;
  }

  #inBuckets(buckets: Float64Array, rank: number): number {
    let below = 0;
    const index = buckets.findIndex((count) => {
      below += count;
      return below > rank;
    });
    // As far from the bucket's lower edge as from its upper one, relative to each:
    // (1.02 - 1) / (1.02 + 1) = 0.99 % at most.
    const middle = index > 0 ? (MIN_MS * 2 * WIDTH ** index) / (WIDTH + 1) : 0;
    return Math.min(Math.max(middle, this.#min), this.#max);
  }
}

function addToBucket(buckets: Float64Array, value: number): void {
  const index = bucketOf(value);
  buckets[index] = (buckets[index] ?? 0) + 1;
}

// The highest 7 bits of a number's fraction divide an octave into 128 parts of at most 0.8 %, so that
// a part reaches into two buckets at most: looking there takes a fifth of the time that Math.log does.
const PART_SHIFT = 13;
const DOUBLE = /* @__PURE__ */ new Float64Array([1]);
const WORDS = /* @__PURE__ */ new Uint32Array(DOUBLE.buffer);
// 1 has its exponent in the second word where the lowest byte comes first.
const HIGH: number = /* @__PURE__ */ WORDS.indexOf(0x3ff00000);
let edges: Float64Array | undefined;
let firstBuckets: Uint16Array | undefined;
let firstPart = 0;

function bucketOf(value: number): number {
  if (value < MIN_MS) return 0;
  if (edges === undefined || firstBuckets === undefined) {
    // Where each bucket begins; the last ones behind all numbers.
    edges = Float64Array.from({ length: BUCKETS + 1 }, (_, index) => MIN_MS * WIDTH ** (index - 1));
    firstPart = partOf(MIN_MS);
    firstBuckets = new Uint16Array(partOf(MAX_MS) - firstPart + 1);
    for (let part = 0, bucket = 1; part < firstBuckets.length; part++) {
      WORDS.fill(0);
      WORDS[HIGH] = (firstPart + part) << PART_SHIFT;
      while ((DOUBLE[0] as number) >= (edges[bucket + 1] as number)) bucket++;
      firstBuckets[part] = bucket;
    }
  }
  const bucket = firstBuckets[partOf(value) - firstPart] as number;
  return value < (edges[bucket + 1] as number) ? bucket : bucket + 1;
}

function partOf(value: number): number {
  DOUBLE[0] = value;
  return (WORDS[HIGH] as number) >>> PART_SHIFT;
}
