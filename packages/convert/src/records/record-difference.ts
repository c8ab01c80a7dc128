import { isDeepStrictEqual } from "node:util";
import { fields, list } from "./foreign.ts";

/** What another format does not carry of a record: keys with their values, and keys that it lacks. */
export interface RecordDifference {
  readonly set: Readonly<Record<string, unknown>>;
  readonly unset: readonly string[];
}

/** Tells what has to be done to `carried` to make it `record` again. */
export function recordDifference(record: object, carried: object): RecordDifference {
  const there = new Map(Object.entries(carried));
  const changed = Object.entries(record).filter(
    ([key, value]) => !there.has(key) || !isDeepStrictEqual(value, there.get(key)),
  );
  const unset = [...there.keys()].filter((key) => !Object.hasOwn(record, key));
  return { set: Object.fromEntries(changed), unset };
}

/** Undoes `recordDifference`. */
export function withDifference(
  carried: object,
  difference: unknown,
): Readonly<Record<string, unknown>> {
  const { set, unset } = fields(difference);
  const gone = new Set(list(unset));
  const kept = Object.entries(carried).filter(([key]) => !gone.has(key));
  return Object.fromEntries([...kept, ...Object.entries(fields(set))]);
}
