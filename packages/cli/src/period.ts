import type { Command } from "commander";
import { UsageError } from "./usage-error.ts";

/** The options that choose a time. */
export interface PeriodOptions {
  readonly since?: string;
  readonly until?: string;
}

/** From when to when, in Unix seconds: `since <= ts < until`; infinite where nothing is said. */
export interface Period {
  readonly since: number;
  readonly until: number;
}

/** Adds `--since` and `--until`. */
export function withPeriod(command: Command): Command {
  return command
    .option("--since <time>", "from then on: 2026-11-22, 2026-11-22T18:45 (UTC), or 2h, 7d ago")
    .option("--until <time>", "before then; a day alone means its beginning");
}

/**
 * Reads `--since` and `--until`.
 *
 * @param now In Unix milliseconds.
 * @throws UsageError
 */
export function periodOf({ since, until }: PeriodOptions, now: number = Date.now()): Period {
  const period = {
    since: since === undefined ? Number.NEGATIVE_INFINITY : timeOf(since, "--since", now),
    until: until === undefined ? Number.POSITIVE_INFINITY : timeOf(until, "--until", now),
  };
  if (period.since >= period.until) {
    throw new UsageError(`nothing lies between --since ${since} and --until ${until}`);
  }
  return period;
}

/** Whether a record is of that time. */
export function isWithin({ since, until }: Period, ts: number): boolean {
  return since <= ts && ts < until;
}

/**
 * Reads how long something is: `90s`, `15m`, `2h`, `30d`, `4w`; in milliseconds.
 *
 * @param what The option, for the error.
 * @throws UsageError
 */
export function durationOf(text: string, what: string): number {
  const [, figure, unit = ""] = /^(\d+(?:\.\d+)?)\s*([smhdw])$/i.exec(text.trim()) ?? [];
  const unitMs = UNIT_MS[unit.toLowerCase()];
  if (figure !== undefined && unitMs !== undefined) return Number(figure) * unitMs;
  throw new UsageError(`${what} ${text} is no length of time: write 90s, 15m, 2h, 30d or 4w`);
}

const UNIT_MS: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
};

// Times without a zone are UTC, as those in answers are.
const TIME = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(Z|[+-]\d\d:?\d\d)?)?$/i;

function timeOf(text: string, what: string, now: number): number {
  const given = text.trim();
  if (/^\d+(?:\.\d+)?\s*[smhdw]$/i.test(given)) return (now - durationOf(given, what)) / 1000;
  // As a record's `ts`, so that it can be pasted.
  if (/^\d{9,11}(?:\.\d+)?$/.test(given)) return Number(given);
  const startOfDay = now - (now % DAY_MS);
  if (given === "today") return startOfDay / 1000;
  if (given === "yesterday") return (startOfDay - DAY_MS) / 1000;
  const [, day, clock = "00:00", zone = "Z"] = TIME.exec(given) ?? [];
  const ms = Date.parse(`${day}T${clock}${zone.toUpperCase()}`);
  if (day !== undefined && Number.isFinite(ms)) return ms / 1000;
  throw new UsageError(
    `${what} ${text} is no time: write 2026-11-22, 2026-11-22T18:45 (UTC), today, yesterday, or 2h, 7d for so long ago`,
  );
}

const DAY_MS = 86_400_000;
