import { dayPrefix, parsePartKey, runPrefix, runSlug } from "../part-key.ts";
import { inParallel } from "../store/in-parallel.ts";
import { groupBy } from "./group-by.ts";
import type { ManifestRef } from "./list-manifests.ts";
import { type ListingOptions, listAll } from "./list-page.ts";
import type { ManifestReader } from "./manifest-reader.ts";
import type { RunParts, StoredPart } from "./stored-part.ts";

/** What finding parts needs. */
export interface FindOptions extends ListingOptions {
  readonly prefix: string;
  readonly maxConcurrency: number;
  readonly manifests: ManifestReader;
}

/** The runs of a day with their parts, by slug: those that lie for themselves, and those in packs. */
export async function* findRuns(
  day: string,
  manifests: readonly ManifestRef[],
  options: FindOptions,
): AsyncGenerator<RunParts, void, void> {
  const packed = groupBy(await packedParts(manifests, options), ({ name }) => name.slug);
  const slugs = [...packed.keys()].sort(byKey);
  let at = 0;
  const upTo = function* (slug?: string) {
    for (let next = slugs[at]; next !== undefined; next = slugs[++at]) {
      if (slug !== undefined && byKey(next, slug) >= 0) return;
      yield { day, slug: next, parts: packed.get(next) ?? [] };
    }
  };
  for await (const { slug, parts } of listedRuns(dayPrefix(options.prefix, day), options)) {
    yield* upTo(slug);
    if (slugs[at] === slug) at++;
    const inPacks = packed.get(slug);
    yield { day, slug, parts: inPacks === undefined ? parts : union(parts, inPacks) };
  }
  yield* upTo();
}

/** The parts of one run of a day. */
export async function findRun(
  day: string,
  runId: string,
  manifests: readonly ManifestRef[],
  options: FindOptions,
): Promise<StoredPart[]> {
  const listed: StoredPart[] = [];
  for await (const { parts } of listedRuns(runPrefix(options.prefix, day, runId), options)) {
    listed.push(...parts);
  }
  const packed = await packedParts(manifests, options, runSlug(runId));
  return union(listed, packed);
}

/** The parts below a prefix, a run at a time: its keys follow each other. */
async function* listedRuns(
  prefix: string,
  options: ListingOptions,
): AsyncGenerator<{ slug: string; parts: StoredPart[] }, void, void> {
  let run: { slug: string; parts: StoredPart[] } | undefined;
  for await (const { key, size, lastModified } of listAll(prefix, options)) {
    const name = parsePartKey(key);
    if (name === undefined) continue;
    const part = { name, place: { key, size }, storedAt: lastModified?.getTime() };
    if (run?.slug === name.slug) run.parts.push(part);
    else {
      if (run !== undefined) yield run;
      run = { slug: name.slug, parts: [part] };
    }
  }
  if (run !== undefined) yield run;
}

/** The parts in packs: of all runs, or of one. */
async function packedParts(
  refs: readonly ManifestRef[],
  { maxConcurrency, manifests, signal }: FindOptions,
  slug?: string,
): Promise<StoredPart[]> {
  const packs = await inParallel(refs, maxConcurrency, async (ref) => {
    if (slug !== undefined && !(await manifests.mayHold(ref, slug, signal))) return [];
    const { pack, parts } = await manifests.read(ref, signal);
    return parts.flatMap(({ key, offset, bytes, sha256, records }): StoredPart[] => {
      const name = parsePartKey(key);
      if (name === undefined || (slug !== undefined && name.slug !== slug)) return [];
      const place = { key: pack, offset, size: bytes };
      const expected = { sha256, count: records };
      return [{ name, place, expected, storedAt: ref.writtenAt }];
    });
  });
  return packs.flat();
}

/** Each part once; while it lies for itself too, from there, since a pack may still be on its way. */
function union(listed: readonly StoredPart[], packed: readonly StoredPart[]): StoredPart[] {
  const parts = new Map(packed.map((part) => [identity(part), part]));
  for (const part of listed) {
    const inPack = parts.get(identity(part));
    const both = inPack?.expected && { packed: inPack.place, expected: inPack.expected };
    parts.set(identity(part), { ...part, ...both });
  }
  return [...parts.values()];
}

function identity({ name }: StoredPart): string {
  return `${name.day} ${name.slug} ${name.writer} ${name.seq}`;
}

/** As keys are ordered, in which a `.` follows each slug. */
function byKey(a: string, b: string): number {
  return `${a}.` < `${b}.` ? -1 : a === b ? 0 : 1;
}
