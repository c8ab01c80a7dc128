import type { PriceList } from "./price/price-list.ts";
import type { CostSummary } from "./tally/cost-summary.ts";
import type { RunCosts } from "./tally/run-tallies.ts";

/**
 * What calls of models cost: in all, and by whatever they differ in.
 *
 * Each map has at most 1,000 keys (days 10,000, tags 50, runs as many as `maxRuns`) and `(other)`, where
 * the rest is, and what has a name above 512 characters; what has no name is under `(unknown)`.
 */
export interface UsageReport extends CostSummary, RunCosts {
  readonly byModel: Readonly<Record<string, CostSummary>>;
  readonly byProvider: Readonly<Record<string, CostSummary>>;
  /** By `2026-11-22`, the days of the time zone. */
  readonly byDay: Readonly<Record<string, CostSummary>>;
  /** By the key of a tag, and then by its value; calls without tags are in none. */
  readonly byTag: Readonly<Record<string, Readonly<Record<string, CostSummary>>>>;
  /** Lines that were no records, and may have been calls. */
  readonly badLines: number;
  /** Records that were lost, as the log itself says, and may have been calls. */
  readonly droppedCount: number;
  readonly timeZone: string;
  /** The price list that counted, `null` where own prices alone did. */
  readonly priceList: PriceList | null;
}
