import type { BadLine, StepRecord } from "@step-log/core";
import { PRICE_LIST } from "./price/price-list.ts";
import { type PriceOptions, type Pricer, pricer } from "./price/pricer.ts";
import { BoundedMap } from "./tally/bounded-map.ts";
import { type Calendar, calendar } from "./tally/calendar.ts";
import type { CostSummary } from "./tally/cost-summary.ts";
import { CostTally } from "./tally/cost-tally.ts";
import { RunTallies } from "./tally/run-tallies.ts";
import { TimeBuckets } from "./tally/time-buckets.ts";
import { countOf, fieldsOf, keyOf, UNKNOWN, type Untrusted } from "./untrusted.ts";
import type { UsageReport } from "./usage-report.ts";

/** Options of `Usage`. */
export interface UsageOptions extends PriceOptions {
  /** Whose days `byDay` has: `Europe/Berlin`. Default: `UTC`. */
  readonly timeZone?: string;
  /**
   * How many runs are told apart, from 1. Default: 10,000, which is some 10 MiB. Of more, those that
   * were heard of longest ago are summed up in `(other)`, and their children no longer with them.
   */
  readonly maxRuns?: number;
  /** Counts calls from this time on alone, Unix seconds. Default: all. */
  readonly since?: number;
  /** Counts calls before this time alone. */
  readonly until?: number;
}

/** Which part of the past to look at. */
export type Period =
  | {
      readonly hours: number;
      /** Unix seconds to count back from. Default: now. */
      readonly until?: number;
    }
  | {
      /** Unix seconds. */
      readonly since: number;
    };

/** What calls since a time cost. */
export interface PeriodCosts extends CostSummary {
  /** Unix seconds from which on they were counted: the time asked for, or a bit before it. */
  readonly since: number;
}

const DEFAULT_MAX_RUNS = 10_000;
const MAX_NAMES = 1000;
const MAX_DAYS = 10_000;
// With 1,000 values each, some 30 MiB at the most.
const MAX_TAGS = 50;
const HOUR_S = 3600;

const tallies = (): BoundedMap<CostTally> => new BoundedMap(MAX_NAMES, () => new CostTally());

/**
 * Adds up what calls of models cost, record by record, in memory that does not grow with their number.
 *
 * Takes whatever a log may hold, and never throws at it. A line that stands twice counts twice.
 *
 * ```ts
 * import { Usage } from "@step-log/usage";
 *
 * const usage = new Usage({ timeZone: "Europe/Berlin" });
 * usage.add({
 *   run_id: "run-abc123",
 *   step: 1,
 *   type: "llm_call",
 *   model: "claude-sonnet-4-6",
 *   input_tokens: 1200,
 *   output_tokens: 340,
 *   stop_reason: "tool_use",
 *   duration_ms: 1840,
 *   ts: 1748107200.123,
 * });
 * console.log(usage.report().totalUsd);
 * ```
 * ```text
 * 0.0087
 * ```
 */
export class Usage {
  readonly #price: Pricer;
  readonly #dayOf: Calendar;
  readonly #timeZone: string;
  readonly #hasList: boolean;
  readonly #counts: (ts: unknown) => boolean;
  readonly #total: CostTally = new CostTally();
  readonly #byModel: BoundedMap<CostTally> = tallies();
  readonly #byProvider: BoundedMap<CostTally> = tallies();
  readonly #byDay: BoundedMap<CostTally> = new BoundedMap(MAX_DAYS, () => new CostTally());
  readonly #byTag: BoundedMap<BoundedMap<CostTally>> = new BoundedMap(MAX_TAGS, tallies);
  readonly #buckets: TimeBuckets = new TimeBuckets();
  readonly #runs: RunTallies;
  #badLines = 0;
  #droppedCount = 0;

  /** @throws TypeError when an option is none. */
  constructor(options: UsageOptions = {}) {
    const { timeZone = "UTC", maxRuns = DEFAULT_MAX_RUNS, priceList = true } = options;
    if (!Number.isSafeInteger(maxRuns) || maxRuns < 1) {
      throw new TypeError(`maxRuns must be a whole number from 1, not ${String(maxRuns)}`);
    }
    this.#price = pricer(options);
    this.#dayOf = calendar(timeZone);
    this.#timeZone = timeZone;
    this.#hasList = priceList;
    this.#counts = within(options.since, options.until);
    this.#runs = new RunTallies(maxRuns);
  }

  add(record: StepRecord | BadLine): this;
  add(given: unknown): this {
    const record = fieldsOf(given);
    switch (record["type"]) {
      case "llm_call":
        if (this.#counts(record["ts"])) this.#addCall(record);
        break;
      case "run_start":
        this.#runs.start(record);
        break;
      case "log_dropped":
        this.#droppedCount += countOf(record["count"]);
        break;
      case "bad_line":
      case undefined:
        this.#badLines += 1;
    }
    return this;
  }

  /** Everything that was added, summed up. */
  report(): UsageReport {
    const summaries = (map: BoundedMap<CostTally>) => map.toObject((tally) => tally.summary());
    return {
      ...this.#total.summary(),
      ...this.#runs.costs(),
      byModel: summaries(this.#byModel),
      byProvider: summaries(this.#byProvider),
      byDay: summaries(this.#byDay),
      byTag: this.#byTag.toObject(summaries),
      badLines: this.#badLines,
      droppedCount: this.#droppedCount,
      timeZone: this.#timeZone,
      priceList: this.#hasList ? PRICE_LIST : null,
    };
  }

  /**
   * What calls since a time cost: `usage.since({ hours: 24 })`.
   *
   * To the second while calls were made in at most 10,000 different ones; beyond that to ten seconds, a
   * minute, ten, an hour, a day, so that memory is bounded. The `since` of the result tells.
   *
   * @throws TypeError when the period is none.
   */
  since(period: Period): PeriodCosts {
    const { since, tally } = this.#buckets.since(startOf(period));
    return { ...tally.summary(), since };
  }

  #addCall(record: Untrusted): void {
    const cost = this.#price(record);
    this.#total.add(record, cost);
    this.#byModel.at(keyOf(record["model"])).add(record, cost);
    this.#byProvider.at(providerOf(record, cost.price?.provider)).add(record, cost);
    this.#byDay.at(this.#dayOf(record["ts"])).add(record, cost);
    this.#runs.add(record, cost);
    this.#buckets.add(record, cost);
    for (const [key, value] of Object.entries(fieldsOf(record["tags"]))) {
      this.#byTag.at(keyOf(key)).at(keyOf(value)).add(record, cost);
    }
  }
}

/** Tells times between two; without either, all are, also a time that is not known. */
function within(since?: number, until?: number): (ts: unknown) => boolean {
  for (const time of [since, until]) {
    if (time !== undefined && !Number.isFinite(time)) {
      throw new TypeError(`since and until must be Unix seconds, not ${String(time)}`);
    }
  }
  if (since === undefined && until === undefined) return () => true;
  const from = since ?? Number.NEGATIVE_INFINITY;
  const before = until ?? Number.POSITIVE_INFINITY;
  return (ts) => typeof ts === "number" && ts >= from && ts < before;
}

/** The provider of the record, else that of the price. */
function providerOf(record: Untrusted, ofPrice: string | null | undefined): string {
  const own = keyOf(record["provider"]);
  return own === UNKNOWN ? keyOf(ofPrice) : own;
}

function startOf(period: Period): number {
  const { hours, end } =
    "hours" in period
      ? { hours: period.hours, end: period.until ?? Date.now() / 1000 }
      : { hours: 0, end: period.since };
  if (!Number.isFinite(hours) || hours < 0 || !Number.isFinite(end)) {
    const given = JSON.stringify(period);
    throw new TypeError(
      `since wants { hours, until? } or { since }, in Unix seconds, not ${given}`,
    );
  }
  return end - hours * HOUR_S;
}
