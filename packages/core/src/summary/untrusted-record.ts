import type { StepRecord } from "../record.ts";

type KeysOf<Value> = Value extends unknown ? keyof Value : never;

/** A record as a stranger may have written it: any key may be missing or hold anything. */
export type UntrustedRecord = { readonly [Key in KeysOf<StepRecord>]?: unknown };

/** Tells whether a value can be a count: a whole number from 0. */
export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** The value where it is a count, else 0. */
export function countOf(value: unknown): number {
  return isCount(value) ? value : 0;
}

/** The value where it is a finite number, else `NaN`. */
export function numberOf(value: unknown): number {
  return Number.isFinite(value) ? (value as number) : Number.NaN;
}
