import {
  manifestsPrefix,
  type PackManifest,
  parseManifest,
  parseManifestKey,
} from "../pack-manifest.ts";
import type { DayRange } from "./find-days.ts";
import { groupBy } from "./group-by.ts";
import { listAll } from "./list-page.ts";
import { getObject, type LoadOptions } from "./load-part.ts";

/** A manifest that is there. */
export interface ManifestRef {
  readonly key: string;
  readonly day: string;
  /** Its number among those of the day. */
  readonly n: number;
  readonly size: number;
  /** When it was written, in milliseconds. */
  readonly writtenAt: number | undefined;
}

/** The manifests of a log, by day, in their order. */
export async function listManifests(
  prefix: string,
  { fromDay, toDay }: DayRange,
  options: LoadOptions,
): Promise<Map<string, ManifestRef[]>> {
  const root = manifestsPrefix(prefix);
  const refs: ManifestRef[] = [];
  for await (const { key, size, lastModified } of listAll(root, {
    ...options,
    startAfter: `${root}dt=${fromDay}`,
  })) {
    const { day, n } = parseManifestKey(key) ?? {};
    if (day === undefined || n === undefined) continue;
    if (day > toDay) break;
    refs.push({ key, day, n, size, writtenAt: lastModified?.getTime() });
  }
  return groupBy(refs, ({ day }) => day);
}

/** Reads manifests, each once, since they do not change. */
export function manifestReader(
  options: Omit<LoadOptions, "signal">,
): (ref: ManifestRef, signal: AbortSignal) => Promise<PackManifest> {
  // Shared by readings, so none of them may end the request of another.
  const known = new Map<string, Promise<PackManifest>>();
  return ({ key, size }, signal) => {
    signal.throwIfAborted();
    const before = known.get(key);
    if (before !== undefined) return before;
    const unending = { ...options, signal: new AbortController().signal };
    const reading = getObject({ key, size }, unending).then(({ body }) =>
      parseManifest(body.toString(), key),
    );
    known.set(key, reading);
    reading.catch(() => known.delete(key));
    return reading;
  };
}
