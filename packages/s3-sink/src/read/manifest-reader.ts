import { type PackManifest, parseManifest, parseManifestRuns } from "../pack-manifest.ts";
import type { ManifestRef } from "./list-manifests.ts";
import { getObject, type LoadOptions } from "./load-part.ts";

/** Reads manifests; what was read is kept for a while, since they do not change. */
export interface ManifestReader {
  /** All that a manifest says. */
  read(ref: ManifestRef, signal: AbortSignal): Promise<PackManifest>;
  /** Whether its pack may hold parts of a run: of a long manifest, by its beginning. */
  mayHold(ref: ManifestRef, slug: string, signal: AbortSignal): Promise<boolean>;
}

// A shorter one is as well read at once.
const LONG_BYTES = 16_384;
// More than the beginning can have: two slugs of 128 characters.
const BEGINNING_BYTES = 512;
// A manifest of 2,700 parts, as a pack of small runs has, takes some 2 MB in memory; its beginning nothing.
const KEPT = 32;
const KEPT_BEGINNINGS = 10_000;

/** Makes a reader of manifests, for any number of readings. */
export function manifestReader(options: Omit<LoadOptions, "signal">): ManifestReader {
  const manifests = new Map<string, Promise<PackManifest>>();
  const beginnings = new Map<string, Promise<readonly [string, string] | undefined>>();
  // Shared by readings, so none of them may end the request of another.
  const unending = { ...options, signal: new AbortController().signal };
  return {
    read({ key, size }, signal) {
      signal.throwIfAborted();
      return kept(manifests, KEPT, key, async () => {
        const { body } = await getObject({ key, size }, unending);
        return parseManifest(body.toString(), key);
      });
    },
    async mayHold({ key, size }, slug, signal) {
      signal.throwIfAborted();
      if (size < LONG_BYTES || manifests.has(key)) return true;
      const runs = await kept(beginnings, KEPT_BEGINNINGS, key, async () => {
        const { body } = await getObject({ key, offset: 0, size: BEGINNING_BYTES }, unending);
        return parseManifestRuns(body.toString());
      });
      return runs === undefined || (runs[0] <= slug && slug <= runs[1]);
    },
  };
}

/** What is known under a key, or is found out now; the oldest makes room. */
function kept<T>(
  known: Map<string, Promise<T>>,
  most: number,
  key: string,
  find: () => Promise<T>,
): Promise<T> {
  const before = known.get(key);
  if (before !== undefined) return before;
  const finding = find();
  known.set(key, finding);
  finding.catch(() => known.delete(key));
  const [oldest] = known.keys();
  if (known.size > most && oldest !== undefined) known.delete(oldest);
  return finding;
}
