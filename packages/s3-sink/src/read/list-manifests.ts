import { manifestsPrefix, parseManifestKey } from "../pack-manifest.ts";
import type { DayRange } from "./find-days.ts";
import { groupBy } from "./group-by.ts";
import { type ListingOptions, listAll } from "./list-page.ts";

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
  options: ListingOptions,
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
