/** A record, or a part of one, as a stranger may have written it. */
export type Untrusted = Readonly<Record<string, unknown>>;

const NOTHING: Untrusted = {};

// Names of models have fewer than 100 characters as a rule, ARNs up to 200, run ids 36.
const MAX_CHARS = 512;

/** The name that stands for all that are too many or too long. */
export const OTHER = "(other)";

/** The name that stands for none. */
export const UNKNOWN = "(unknown)";

/** The keys of a value, whatever it is. */
export function fieldsOf(value: unknown): Untrusted {
  return typeof value === "object" && value !== null ? (value as Untrusted) : NOTHING;
}

/** A text that is neither empty nor too long to be a name. */
export function nameOf(value: unknown): string | undefined {
  const isName = typeof value === "string" && value !== "" && value.length <= MAX_CHARS;
  return isName ? value : undefined;
}

/** The name under which something is added up. */
export function keyOf(value: unknown): string {
  return nameOf(value) ?? (typeof value === "string" && value !== "" ? OTHER : UNKNOWN);
}

/** Tells whether a value can be a count: a whole number from 0. */
export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** The value where it is a count, else 0. */
export function countOf(value: unknown): number {
  return isCount(value) ? value : 0;
}
