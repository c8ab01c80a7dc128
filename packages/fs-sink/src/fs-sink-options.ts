import type { ErrorListener } from "@step-log/core";

/**
 * How safe a record is, and when:
 *
 * - `"os"`: in the kernel's hands when `record` returns; `kill -9` loses nothing.
 * - `"buffered"`: handed over in batches, at the latest 10 ms later.
 * - `"fsync"`: as `"os"`, and `flush` resolves after `fdatasync`.
 */
export type Durability = "os" | "buffered" | "fsync";

/** When a file is put aside and a new one begun. */
export interface RotateOptions {
  /** Size in bytes from which on the file is put aside. Default: none. */
  readonly maxBytes?: number;
  /** Age in milliseconds, from the making of the file, from which on it is put aside. Default: none. */
  readonly maxAgeMs?: number;
  /** How many files put aside are kept; older ones are deleted. Default: all. */
  readonly keep?: number;
  /** Whether files put aside are compressed, to `.jsonl.gz`. @defaultValue false */
  readonly gzip?: boolean;
}

/** Options of `fsSink`. */
export interface FsSinkOptions {
  /** @defaultValue "os" */
  readonly durability?: Durability;
  /** Default: one file for ever. */
  readonly rotate?: RotateOptions;
  /** Most that waits in memory while the file cannot be written, in bytes; what comes on top is dropped and counted. @defaultValue 67108864, 64 MiB */
  readonly maxQueueBytes?: number;
  /** How long `"buffered"` waits for another writer's lock before it appends without, in milliseconds. @defaultValue 250 */
  readonly maxLockWaitMs?: number;
  /** Permissions of files; folders get the same with `x` for who may read. @defaultValue 0o600 */
  readonly mode?: number;
  /** Hears of problems. Default: one warning on stderr for each code. */
  readonly onError?: ErrorListener;
}

/** `FsSinkOptions` with every default filled in. */
export interface FsSinkSettings {
  readonly durability: Durability;
  readonly rotate: RotateOptions | undefined;
  readonly maxQueueBytes: number;
  readonly maxLockWaitMs: number;
  readonly mode: number;
}

/** Fills defaults in; throws a `TypeError` for options that cannot be meant. */
export function settings(options: FsSinkOptions): FsSinkSettings {
  const { durability = "os", maxQueueBytes = 64 * 1024 * 1024, maxLockWaitMs = 250 } = options;
  const { rotate, mode = 0o600 } = options;
  if (!["os", "buffered", "fsync"].includes(durability)) {
    throw new TypeError(
      `fsSink: durability must be "os", "buffered" or "fsync", got ${durability}`,
    );
  }
  const numbers = { maxQueueBytes, maxLockWaitMs, mode, ...limits(rotate) };
  for (const [name, value] of Object.entries(numbers)) {
    if (typeof value === "number" && value >= 0) continue;
    throw new TypeError(`fsSink: ${name} must be a number from 0, got ${String(value)}`);
  }
  return { durability, rotate, maxQueueBytes, maxLockWaitMs, mode };
}

function limits(rotate: RotateOptions | undefined): Record<string, number> {
  const { gzip, ...numbers } = rotate ?? {};
  return Object.fromEntries(
    Object.entries(numbers).map(([name, value]) => [`rotate.${name}`, value as number]),
  );
}
