import { ALL_DAYS, checkDay } from "../check-day.ts";
import type { S3StoreOptions } from "../store/store-options.ts";

/**
 * What to do about a step that more than one sink has recorded, as when a program was started again
 * and went through its steps anew:
 *
 * - `"none"`: give both.
 * - `"step"`: give that with the latest `ts`.
 */
export type Dedupe = "none" | "step";

/** Options of `s3Source`. */
export interface S3SourceOptions extends S3StoreOptions {
  /** @defaultValue "none" */
  readonly dedupe?: Dedupe;
  /** The first UTC day to look at, `2026-11-01`; a run lies under the day on which it began. Default: all. */
  readonly fromDay?: string;
  /** The last UTC day to look at. Default: all. */
  readonly toDay?: string;
  /** Requests at once, at most. @defaultValue 8 */
  readonly maxConcurrency?: number;
  /** How long a request is tried again while the store is busy or away, in milliseconds. @defaultValue 60000 */
  readonly retryForMs?: number;
  /** Most that a part may unpack to, in bytes; a larger one is passed over, as a bad line. @defaultValue 268435456, 256 MiB */
  readonly maxPartBytes?: number;
}

/** `S3SourceOptions` with every default filled in; those of the store left out. */
export interface S3SourceSettings {
  readonly dedupe: Dedupe;
  readonly fromDay: string;
  readonly toDay: string;
  readonly maxConcurrency: number;
  readonly retryForMs: number;
  readonly maxPartBytes: number;
}

/** Most that a part may unpack to by default, in bytes: a sink's has 8 MiB, or one larger record. */
export const MAX_PART_BYTES: number = 256 * 2 ** 20;

/** Fills defaults in; throws a `TypeError` for options that cannot be meant. */
export function sourceSettings(options: S3SourceOptions): S3SourceSettings {
  const { dedupe = "none", fromDay = ALL_DAYS.fromDay, toDay = ALL_DAYS.toDay } = options;
  const { maxConcurrency = 8, retryForMs = 60_000, maxPartBytes = MAX_PART_BYTES } = options;
  if (dedupe !== "none" && dedupe !== "step") {
    throw new TypeError(`s3Source: dedupe must be "none" or "step", got ${String(dedupe)}`);
  }
  for (const [name, day] of Object.entries({ fromDay, toDay })) checkDay("s3Source", name, day);
  const numbers = { maxConcurrency: 1, retryForMs: 0, maxPartBytes: 1 };
  const settings = { dedupe, fromDay, toDay, maxConcurrency, retryForMs, maxPartBytes };
  for (const [name, least] of Object.entries(numbers)) {
    const value: unknown = settings[name as keyof typeof numbers];
    if (typeof value === "number" && value >= least) continue;
    throw new TypeError(`s3Source: ${name} must be a number from ${least}, got ${String(value)}`);
  }
  return settings;
}
