import { ALL_DAYS, checkDay } from "../check-day.ts";
import type { S3StoreOptions } from "../store/store-options.ts";

/** Options of `compact`. */
export interface CompactOptions extends S3StoreOptions {
  /** The first UTC day to compact, `2026-11-01`. Default: the first one. */
  readonly fromDay?: string;
  /** The last UTC day to compact. Default: the last one. */
  readonly toDay?: string;
  /** How long no part of a run must have been stored for it to count as closed, in milliseconds. @defaultValue 3600000, an hour */
  readonly closedForMs?: number;
  /**
   * How long parts stay where they are after they were packed, in milliseconds: longer than any
   * reading and any query takes. `Infinity` never deletes any. @defaultValue 86400000, a day
   */
  readonly graceMs?: number;
  /** Most that a pack has, in bytes; it is held in memory. @defaultValue 33554432, 32 MiB */
  readonly packBytes?: number;
  /** Requests at once, at most. @defaultValue 8 */
  readonly maxConcurrency?: number;
  /** How long a request is tried again while the store is busy or away, in milliseconds. @defaultValue 60000 */
  readonly retryForMs?: number;
  /** Ends it; the next call goes on where it stopped. */
  readonly signal?: AbortSignal;
}

/** What `compact` did. */
export interface CompactReport {
  /** Packs that were written. */
  readonly packs: number;
  /** Parts in them. */
  readonly packedParts: number;
  /** Their size. */
  readonly packedBytes: number;
  /** Parts that were deleted, since a pack has had them for long enough. */
  readonly deletedParts: number;
  /** Parts that lie for themselves still: of runs that are not closed, in their time of grace, damaged. */
  readonly leftParts: number;
  /** What is wrong; nothing of it is touched. */
  readonly problems: readonly CompactProblem[];
}

/** An object that `compact` leaves alone. */
export interface CompactProblem {
  readonly key: string;
  readonly reason: string;
}

/** Options with every default filled in; those of the store left out. */
export interface CompactSettings {
  readonly fromDay: string;
  readonly toDay: string;
  readonly closedForMs: number;
  readonly graceMs: number;
  readonly packBytes: number;
  readonly maxConcurrency: number;
  readonly retryForMs: number;
}

/** Fills defaults in; throws a `TypeError` for options that cannot be meant. */
export function compactSettings(options: CompactOptions): CompactSettings {
  const { fromDay = ALL_DAYS.fromDay, toDay = ALL_DAYS.toDay } = options;
  const numbers = {
    closedForMs: options.closedForMs ?? 3_600_000,
    graceMs: options.graceMs ?? 86_400_000,
    packBytes: options.packBytes ?? 32 * 2 ** 20,
    maxConcurrency: options.maxConcurrency ?? 8,
    retryForMs: options.retryForMs ?? 60_000,
  };
  for (const [name, value] of Object.entries(numbers)) {
    const least = name.endsWith("Ms") ? 0 : 1;
    if (typeof value === "number" && value >= least) continue;
    throw new TypeError(`compact: ${name} must be a number from ${least}, got ${String(value)}`);
  }
  for (const [name, day] of Object.entries({ fromDay, toDay })) checkDay("compact", name, day);
  return { fromDay, toDay, ...numbers };
}
