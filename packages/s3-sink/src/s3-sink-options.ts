import type { ErrorListener } from "@step-log/core";
import { nodeZlib } from "./lazy-builtins.ts";
import type { Compression } from "./part-key.ts";
import type { S3ObjectOptions, S3StoreOptions } from "./store/store-options.ts";

/**
 * When `flush` resolves:
 *
 * - `"s3"`: everything is stored in the bucket.
 * - `"spool"`: everything stands in the spool or is stored; `kill -9` loses nothing.
 * - `"spool-fsync"`: the same, after `fdatasync`; a power cut loses nothing.
 * - `"buffer"`: at once; what is stored when is nobody's concern but `close`'s.
 */
export type Ack = "buffer" | "spool" | "spool-fsync" | "s3";

/**
 * What becomes of records that find no room, neither in memory nor in the spool:
 *
 * - `"drop"`: the newest are dropped, counted and told, in the log itself too.
 * - `"hold"`: they are held all the same, so memory grows; `ready` says when to go on.
 */
export type Overflow = "drop" | "hold";

/** Options of `s3Sink`. */
export interface S3SinkOptions extends S3StoreOptions, S3ObjectOptions {
  /** Size of a part before compression from which on it is sealed, in bytes; 1 KiB to 8 MiB. @defaultValue 1048576, 1 MiB */
  readonly partBytes?: number;
  /** Age of a part's first record from which on it is sealed, in milliseconds. @defaultValue 30000 */
  readonly flushMs?: number;
  /** Most that is held in memory, in bytes. @defaultValue 33554432, 32 MiB */
  readonly maxBufferBytes?: number;
  /** @defaultValue "drop" */
  readonly overflow?: Overflow;
  /** A folder on a local disk that keeps what is not stored yet. Default: none, memory alone. */
  readonly spoolDir?: string;
  /** Most that the spool holds, in bytes. @defaultValue 1073741824, 1 GiB */
  readonly maxSpoolBytes?: number;
  /** Default: `"spool"` with a `spoolDir`, else `"s3"`. */
  readonly ack?: Ack;
  /** `"zstd"` needs Node 22.15 or 23.8. @defaultValue "gzip" */
  readonly compression?: Compression;
  /** Parts sent at once, at most; fewer while the store is busy. @defaultValue 4 */
  readonly maxConcurrency?: number;
  /** Longest that `flush` and `close` wait, in milliseconds; ECS kills 30 s after SIGTERM. @defaultValue 25000 */
  readonly deadlineMs?: number;
  /** How often a store that refuses everything is tried, in milliseconds. @defaultValue 30000 */
  readonly parkedRetryMs?: number;
  /** Tags on every object. Default: none. */
  readonly tags?: Readonly<Record<string, string>>;
  /** Whether SIGTERM and SIGINT close the sink before they end the process. @defaultValue false */
  readonly handleSignals?: boolean;
  /** Hears of problems. Default: one warning on stderr for each code. */
  readonly onError?: ErrorListener;
}

/** `S3SinkOptions` with every default filled in; those of the store left out. */
export interface S3SinkSettings {
  readonly partBytes: number;
  readonly flushMs: number;
  readonly maxBufferBytes: number;
  readonly overflow: Overflow;
  readonly spoolDir: string | undefined;
  readonly maxSpoolBytes: number;
  readonly ack: Ack;
  readonly compression: Compression;
  readonly maxConcurrency: number;
  readonly deadlineMs: number;
  readonly parkedRetryMs: number;
  readonly tags: Readonly<Record<string, string>> | undefined;
  readonly handleSignals: boolean;
}

// Least and most of each number.
const RANGES: Readonly<Record<string, readonly [least: number, most: number]>> = {
  partBytes: [1_024, 8 * 1_024 * 1_024],
  // A timer of Node's takes no more than 2^31 - 1 ms.
  flushMs: [1, 2 ** 31 - 1],
  maxBufferBytes: [1, Number.POSITIVE_INFINITY],
  maxSpoolBytes: [1, Number.POSITIVE_INFINITY],
  maxConcurrency: [1, 1_000],
  deadlineMs: [0, 2 ** 31 - 1],
  parkedRetryMs: [1, 2 ** 31 - 1],
};
const CHOICES: Readonly<Record<string, readonly unknown[]>> = {
  overflow: ["drop", "hold"],
  ack: ["buffer", "spool", "spool-fsync", "s3"],
  compression: ["gzip", "zstd", "none"],
  handleSignals: [true, false],
};

/** Fills defaults in; throws a `TypeError` for options that cannot be meant. */
export function sinkSettings(options: S3SinkOptions): S3SinkSettings {
  const settings = {
    partBytes: options.partBytes ?? 1_024 * 1_024,
    flushMs: options.flushMs ?? 30_000,
    maxBufferBytes: options.maxBufferBytes ?? 32 * 1_024 * 1_024,
    overflow: options.overflow ?? "drop",
    spoolDir: options.spoolDir,
    maxSpoolBytes: options.maxSpoolBytes ?? 1_024 ** 3,
    ack: options.ack ?? (options.spoolDir === undefined ? "s3" : "spool"),
    compression: options.compression ?? "gzip",
    maxConcurrency: options.maxConcurrency ?? 4,
    deadlineMs: options.deadlineMs ?? 25_000,
    parkedRetryMs: options.parkedRetryMs ?? 30_000,
    tags: options.tags,
    handleSignals: options.handleSignals ?? false,
  } satisfies S3SinkSettings;
  const problem = findProblem(settings);
  if (problem !== undefined) throw new TypeError(`s3Sink: ${problem}`);
  return settings;
}

function findProblem(settings: S3SinkSettings): string | undefined {
  const values: Readonly<Record<string, unknown>> = { ...settings };
  for (const [name, [least, most]] of Object.entries(RANGES)) {
    const value = values[name];
    if (typeof value === "number" && value >= least && value <= most) continue;
    return `${name} must be a number from ${least} to ${most}, got ${String(value)}`;
  }
  for (const [name, choices] of Object.entries(CHOICES)) {
    if (choices.includes(values[name])) continue;
    return `${name} must be one of ${choices.join(", ")}, got ${String(values[name])}`;
  }
  const { spoolDir, ack, compression, tags = {} } = settings;
  if (spoolDir !== undefined && (typeof spoolDir !== "string" || spoolDir === "")) {
    return `spoolDir must be the path of a folder, got ${String(spoolDir)}`;
  }
  if (ack.startsWith("spool") && spoolDir === undefined) return `ack "${ack}" needs a spoolDir`;
  if (compression === "zstd" && !("zstdCompress" in nodeZlib())) {
    return `compression "zstd" needs Node 22.15 or 23.8, this is ${process.version}`;
  }
  if (Object.values(tags).some((value) => typeof value !== "string")) {
    return "tags must be an object of strings";
  }
  return undefined;
}
