/** The days that bound all others, as texts and so as days. */
export const ALL_DAYS = { fromDay: "0000-01-01", toDay: "9999-12-31" } as const;

/** Throws a `TypeError` for what is no day, `2026-11-22`. */
export function checkDay(factory: string, option: string, day: unknown): void {
  const isDay = typeof day === "string" && /^\d{4}-\d{2}-\d{2}$/.test(day);
  if (isDay && !Number.isNaN(Date.parse(day))) return;
  throw new TypeError(`${factory}: ${option} must be a day, 2026-11-22, got ${String(day)}`);
}
