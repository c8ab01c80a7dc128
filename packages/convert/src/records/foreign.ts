import { parseJson } from "../read/parse-json.ts";

/** An object that another program wrote: any key may be missing or hold anything. */
export type Foreign = Readonly<Record<string, unknown>>;

const NONE: Foreign = Object.freeze({});

/** The value where it is an object and no list, else one without keys, so that reading on needs no checks. */
export function fields(value: unknown): Foreign {
  return isObject(value) ? value : NONE;
}

/** Tells whether a value is an object and no list. */
export function isObject(value: unknown): value is Foreign {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value where it is a list, else an empty one. */
export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The value where it is a text with something in it, else `null`. */
export function text(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

/** The value where it can be a count of tokens, else `null`. */
export function count(value: unknown): number | null {
  return Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : null;
}

/** Adds counts of which some may be missing; `null` where the first is, since the others are beside it. */
export function countWith(first: unknown, ...besides: readonly unknown[]): number | null {
  const start = count(first);
  if (start === null) return null;
  return besides.reduce<number>((sum, it) => sum + (count(it) ?? 0), start);
}

/** A duration in milliseconds to the microsecond, `null` where it is none. */
export function milliseconds(value: unknown): number | null {
  if (typeof value !== "number" || !(value >= 0) || value === Number.POSITIVE_INFINITY) return null;
  return Math.round(value * 1000) / 1000;
}

/** Milliseconds between two times in seconds, `null` where one is not known. */
export function between(startedAt: number | null, endedAt: number | null): number | null {
  return startedAt === null || endedAt === null ? null : milliseconds((endedAt - startedAt) * 1000);
}

/** A time in Unix seconds out of an ISO text, or of a number of seconds or milliseconds; else `null`. */
export function unixSeconds(value: unknown): number | null {
  if (typeof value === "string") return finite(Date.parse(value) / 1000);
  if (typeof value !== "number") return null;
  return finite(value > MAX_SECONDS ? value / 1000 : value);
}

// In seconds the year 5138; in milliseconds 1973, before anything that is imported here.
const MAX_SECONDS = 1e11;

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

/** The object or list that a text holds as JSON, or the text itself where it holds none. */
export function parsed(value: unknown): unknown {
  // Most texts are none, and to find that out by an error takes microseconds.
  if (typeof value !== "string" || !/^\s*[[{]/.test(value)) return value;
  return parseJson(value) ?? value;
}

/** What a message says, as one text: the text itself, or those of its parts. */
export function textOf(content: unknown): string {
  if (typeof content === "string") return content;
  const texts = list(content).map((part) =>
    typeof part === "string" ? part : fields(part)["text"],
  );
  return texts.filter((it) => typeof it === "string").join("\n");
}
