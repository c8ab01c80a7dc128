import { checkDay } from "../check-day.ts";
import {
  compactPrefix,
  manifestsPrefix,
  parseManifestKey,
  parsePackKey,
} from "../pack-manifest.ts";
import { parsePartKey } from "../part-key.ts";
import { listAll } from "../read/list-page.ts";
import { retried } from "../read/retried.ts";
import { inParallel } from "../store/in-parallel.ts";
import { openStore } from "../store/open-store.ts";
import type { S3StoreOptions } from "../store/store-options.ts";

/** Options of `expire`. */
export interface ExpireOptions extends S3StoreOptions {
  /** The first UTC day that is kept, `2026-11-01`. */
  readonly beforeDay: string;
  /** Counts, and deletes nothing. @defaultValue false */
  readonly dryRun?: boolean;
  /** Requests at once, at most. @defaultValue 8 */
  readonly maxConcurrency?: number;
  /** How long a request is tried again while the store is busy or away, in milliseconds. @defaultValue 60000 */
  readonly retryForMs?: number;
  /** Ends it; the next call goes on where it stopped. */
  readonly signal?: AbortSignal;
}

/** What `expire` deleted. */
export interface ExpireReport {
  readonly objects: number;
  /** Their size. */
  readonly bytes: number;
  /** The days that they were of, ascending. */
  readonly days: readonly string[];
}

/**
 * Deletes the runs that began before a day: their parts, and the packs that `compact` has made of
 * them. Objects that are neither are left alone.
 *
 * @param url `s3://bucket/prefix/`, as for `s3Sink`.
 * @throws TypeError for options that cannot be meant
 * @throws StepLogError `READ_FAILED`, `WRITE_FAILED`; the signal's reason.
 */
export async function expire(url: string | URL, options: ExpireOptions): Promise<ExpireReport> {
  const { beforeDay, dryRun = false, maxConcurrency = 8, retryForMs = 60_000 } = options;
  checkDay("expire", "beforeDay", beforeDay);
  const { signal = new AbortController().signal } = options;
  const place = { ...openStore(url, options, "expire"), retryForMs, signal };
  const days = new Set<string>();
  let objects = 0;
  let bytes = 0;
  const remove = async (found: readonly { key: string; size: number }[]) => {
    await inParallel(dryRun ? [] : found, maxConcurrency, ({ key }) =>
      retried(
        `deleting ${key}`,
        place,
        (it) => place.store.delete(key, { signal: it }),
        "WRITE_FAILED",
      ),
    );
    objects += found.length;
    bytes += found.reduce((sum, { size }) => sum + size, 0);
  };
  // Manifests first, so that no reader is sent to a pack that is gone.
  const kinds = [
    [manifestsPrefix(place.prefix), (key: string) => parseManifestKey(key)?.day],
    [compactPrefix(place.prefix), (key: string) => parsePackKey(key)?.day],
    [place.prefix, (key: string) => parsePartKey(key)?.day],
  ] as const;
  for (const [prefix, dayOf] of kinds) {
    let batch: { key: string; size: number }[] = [];
    for await (const { key, size } of listAll(`${prefix}dt=`, place)) {
      if (key.slice(`${prefix}dt=`.length) >= beforeDay) break;
      const day = dayOf(key);
      if (day === undefined) continue;
      days.add(day);
      batch.push({ key, size });
      if (batch.length < BATCH) continue;
      await remove(batch);
      batch = [];
    }
    await remove(batch);
  }
  return { objects, bytes, days: [...days].sort() };
}

// A page of a list.
const BATCH = 1000;
