/** An object of JSON, of which nothing is known. */
export type Fields = Readonly<Record<string, unknown>>;

/** The value as an object, an empty one where it is none. */
export function fields(value: unknown): Fields {
  return typeof value === "object" && value !== null ? (value as Fields) : {};
}

/** The first of a list as an object. */
export function firstOf(list: unknown): Fields {
  return fields(Array.isArray(list) ? list[0] : undefined);
}

/** The value where it is a text that is not empty. */
export function text(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

/** The value where it is a whole number from 0. */
export function count(value: unknown): number | null {
  return Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : null;
}

/** What is known of the numbers together; not known only where none is. */
export function sum(...counts: readonly (number | null)[]): number | null {
  return counts.reduce((a, b) => (a === null ? b : a + (b ?? 0)), null);
}
