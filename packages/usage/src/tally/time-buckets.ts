import type { CallCost } from "../price/call-cost.ts";
import type { Untrusted } from "../untrusted.ts";
import { CostTally } from "./cost-tally.ts";

// 10,000 tallies are some 6 MiB. They hold the last 2 hours to the second, the last week to the minute,
// a year to the hour, where calls come all the time; longer where they pause.
const MAX_BUCKETS = 10_000;

// A second, ten, a minute, ten, an hour, a day; each a multiple of the one before.
const WIDTHS_S = [1, 10, 60, 600, 3600, 86_400];

/** Adds up calls by time, as finely as so much memory allows. */
export class TimeBuckets {
  #buckets: Map<number, CostTally> = new Map();
  #widthS = 1;

  add(record: Untrusted, cost: CallCost): void {
    const ts = record["ts"];
    if (typeof ts !== "number" || !Number.isFinite(ts)) return;
    this.#bucketOf(Math.floor(ts / this.#widthS)).add(record, cost);
    while (this.#buckets.size > MAX_BUCKETS) this.#widen();
  }

  /** All calls from a time on, Unix seconds; from the beginning of the bucket that it is in. */
  since(ts: number): { readonly since: number; readonly tally: CostTally } {
    const first = Math.floor(ts / this.#widthS);
    const tally = new CostTally();
    for (const [index, bucket] of this.#buckets) if (index >= first) tally.merge(bucket);
    return { since: first * this.#widthS, tally };
  }

  #bucketOf(index: number): CostTally {
    const bucket = this.#buckets.get(index) ?? new CostTally();
    this.#buckets.set(index, bucket);
    return bucket;
  }

  #widen(): void {
    const narrow = this.#buckets;
    const before = this.#widthS;
    this.#widthS = WIDTHS_S.find((width) => width > before) ?? before * 10;
    this.#buckets = new Map();
    for (const [index, bucket] of narrow) {
      this.#bucketOf(Math.floor((index * before) / this.#widthS)).merge(bucket);
    }
  }
}
