import { v7, validate, version } from "uuid";

/**
 * Makes a run id: a UUID of version 7 in lower case, 128 bits, of which the first 48 are the time.
 *
 * Ids of one process sort, as text, in the order in which they were made, also within a millisecond
 * and when the clock is set back.
 */
export function newRunId(): string {
  return v7();
}

/**
 * Tells whether a value is an id as `newRunId` makes them. Run ids of other shapes are fine: any text
 * but `""` is one for `StepLog`.
 */
export function isRunId(value: unknown): value is string {
  if (typeof value !== "string" || value !== value.toLowerCase()) return false;
  return validate(value) && version(value) === 7;
}

// 32 random bits: among 9,300 runs, two have the same with a probability of 1 %.
const SHORT_LENGTH = 8;
const SHORT_ENOUGH = 12;

/**
 * Shortens an id for people: the last 8 digits of a UUID, since the first ones are the time and the
 * same for a minute; of another id that has more than 12 characters, the last 12.
 */
export function short(runId: string): string {
  return validate(runId) ? runId.slice(-SHORT_LENGTH) : runId.slice(-SHORT_ENOUGH);
}

/** When an id was made, to the millisecond; of an id that is no UUID of version 7, `undefined`. */
export function timeOf(runId: string): Date | undefined {
  if (!isRunId(runId)) return undefined;
  return new Date(Number.parseInt(runId.slice(0, 8) + runId.slice(9, 13), 16));
}
