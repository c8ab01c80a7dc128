import type { ErrorListener } from "@step-log/core";
import type { PriceOptions } from "../price/pricer.ts";
import type { BudgetEvent, BudgetEvents } from "./budget-event.ts";

/** How much may be spent on what. */
export type BudgetLimit = {
  /** US dollars, above 0. */
  readonly usd: number;
} & (
  | {
      /** Each run, with the runs below it. */
      readonly per: "run";
    }
  | {
      /** Each day of `timeZone`. */
      readonly per: "day";
    }
  | {
      /** Each value of a tag: every customer. */
      readonly per: "tag";
      /** Its key. */
      readonly tag: string;
      /** This value alone. Default: each by itself. */
      readonly value?: string;
    }
);

/** Whatever takes events by topic, such as the bus of `@step-log/event-bus`. */
export interface EventTaker {
  emit(topic: keyof BudgetEvents, event: BudgetEvent): unknown;
}

/** Options of `budgetSink`. */
export interface BudgetSinkOptions extends PriceOptions {
  readonly limits: readonly BudgetLimit[];
  /** Shares of a limit at which there is an event, above 0. Default: 0.5, 0.8 and 1. */
  readonly thresholds?: readonly number[];
  /** Whose days count: `Europe/Berlin`. Default: `UTC`. */
  readonly timeZone?: string;
  /** Gets the events, under `budget.run`, `budget.day` and `budget.tag`. */
  readonly bus?: EventTaker;
  /** Gets the events, soon after the call that they are of; what it throws is reported, and no more. */
  readonly onThreshold?: (event: BudgetEvent) => unknown;
  /** Hears of problems. Default: one warning on stderr for each code. */
  readonly onError?: ErrorListener;
  /** How many runs, days and values of tags are kept, for each limit, from 1. Default: 100,000, some 20 MiB. */
  readonly maxScopes?: number;
}

const DEFAULT_THRESHOLDS: readonly number[] = [0.5, 0.8, 1];
const DEFAULT_MAX_SCOPES = 100_000;

/** The options, checked, with their defaults. */
export interface CheckedBudgetOptions {
  readonly limits: readonly BudgetLimit[];
  /** Ascending, each once. */
  readonly thresholds: readonly number[];
  readonly maxScopes: number;
}

/** Checks what has to be checked here; prices, time zone and the rest are checked where they are used. */
export function checkBudgetOptions(options: BudgetSinkOptions): CheckedBudgetOptions {
  const { limits, thresholds = DEFAULT_THRESHOLDS } = options;
  const { maxScopes = DEFAULT_MAX_SCOPES, bus, onThreshold } = options;
  if (!Array.isArray(limits) || limits.length === 0) {
    throw new TypeError('limits must be a list like [{ per: "run", usd: 2 }]');
  }
  limits.forEach(checkLimit);
  if (!Array.isArray(thresholds) || !thresholds.every(isPositive)) {
    throw new TypeError("thresholds must be a list of shares above 0, like [0.5, 0.8, 1]");
  }
  if (!Number.isSafeInteger(maxScopes) || maxScopes < 1) {
    throw new TypeError(`maxScopes must be a whole number from 1, not ${String(maxScopes)}`);
  }
  if (bus !== undefined && typeof bus?.emit !== "function") {
    throw new TypeError("bus must have a method emit(topic, event)");
  }
  if (onThreshold !== undefined && typeof onThreshold !== "function") {
    throw new TypeError("onThreshold must be a function");
  }
  return { limits, thresholds: [...new Set(thresholds)].sort((a, b) => a - b), maxScopes };
}

function checkLimit(limit: BudgetLimit, index: number): void {
  const where = `limits[${index}]`;
  if (!["run", "day", "tag"].includes(limit?.per)) {
    throw new TypeError(`${where}.per must be "run", "day" or "tag", not ${String(limit?.per)}`);
  }
  if (!isPositive(limit.usd)) {
    throw new TypeError(`${where}.usd must be a number above 0, not ${String(limit.usd)}`);
  }
  if (limit.per === "tag" && typeof limit.tag !== "string") {
    throw new TypeError(`${where}.tag must be the key of a tag, not ${String(limit.tag)}`);
  }
}

function isPositive(value: unknown): value is number {
  return Number.isFinite(value) && (value as number) > 0;
}
