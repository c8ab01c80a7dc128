import type { Json } from "@step-log/core";

/** A field of a record, which may hold anything. */
export function field(record: object, key: string): Json | undefined {
  return Object.hasOwn(record, key) ? (Reflect.get(record, key) as Json) : undefined;
}

/** The text of a field, `null` where it holds none. */
export function textField(record: object, key: string): string | null {
  const value = field(record, key);
  return typeof value === "string" ? value : null;
}

/** The number of a field, `null` where it holds none. */
export function numberField(record: object, key: string): number | null {
  const value = field(record, key);
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

/** Whether a value has keys. */
export function isObject(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
