// What stands in a log was written by strangers: any key may be missing or hold anything.

/** The value of a key, whatever it is. */
export function fieldOf(record: object, key: string): unknown {
  return Object.hasOwn(record, key) ? Reflect.get(record, key) : undefined;
}

/** The text of a key, `null` where it holds none. */
export function textOf(record: object, key: string): string | null {
  const value = fieldOf(record, key);
  return typeof value === "string" ? value : null;
}

/** The number of a key, `null` where it holds none or a negative one. */
export function amountOf(record: object, key: string): number | null {
  const value = fieldOf(record, key);
  return typeof value === "number" && value >= 0 && value < Number.POSITIVE_INFINITY ? value : null;
}
