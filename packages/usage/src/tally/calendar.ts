import { UNKNOWN } from "../untrusted.ts";

/** Tells the day that a time in Unix seconds is on: `2026-11-22`. */
export type Calendar = (ts: unknown) => string;

// Every time zone is a multiple of 15 minutes away from UTC (tz database, since 1972).
const QUARTER_S = 900;

// The latest time that a Date can hold, in seconds (ECMAScript, "Time Values and Time Range").
const MAX_TS = 8.64e12;

/**
 * Makes a calendar of a time zone.
 *
 * @param timeZone As the tz database names it: `Europe/Berlin`.
 * @throws TypeError when there is no such zone.
 */
export function calendar(timeZone: string): Calendar {
  const format = formatOf(timeZone);
  let quarter = Number.NaN;
  let day = UNKNOWN;
  return (ts) => {
    if (typeof ts !== "number" || !(Math.abs(ts) <= MAX_TS)) return UNKNOWN;
    const found = Math.floor(ts / QUARTER_S);
    // Most records are of the same quarter of an hour as the one before.
    if (found !== quarter) {
      quarter = found;
      const startMs = Math.max(found * QUARTER_S, -MAX_TS) * 1000;
      day = format(new Date(startMs));
    }
    return day;
  };
}

function formatOf(timeZone: string): (date: Date) => string {
  if (timeZone === "UTC") return (date) => date.toISOString().replace(/T.*/, "");
  try {
    const parts = { year: "numeric", month: "2-digit", day: "2-digit" } as const;
    const format = new Intl.DateTimeFormat("en-CA", { ...parts, timeZone, calendar: "iso8601" });
    return (date) => {
      const found = Object.fromEntries(format.formatToParts(date).map((it) => [it.type, it.value]));
      return `${found["year"]}-${found["month"]}-${found["day"]}`;
    };
  } catch (cause) {
    throw new TypeError(`timeZone must be one like "Europe/Berlin", not ${String(timeZone)}`, {
      cause,
    });
  }
}
