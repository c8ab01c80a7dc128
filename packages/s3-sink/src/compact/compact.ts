import { sha256Of } from "../lazy-builtins.ts";
import { manifestKey, type PackedPart, type PackManifest } from "../pack-manifest.ts";
import { findDays } from "../read/find-days.ts";
import { findRuns } from "../read/find-parts.ts";
import { listManifests, type ManifestRef } from "../read/list-manifests.ts";
import { getObject } from "../read/load-part.ts";
import { type ManifestReader, manifestReader } from "../read/manifest-reader.ts";
import { isMissing, retried } from "../read/retried.ts";
import { MAX_PART_BYTES } from "../read/s3-source-options.ts";
import type { StoredPart } from "../read/stored-part.ts";
import { inParallel } from "../store/in-parallel.ts";
import { openStore } from "../store/open-store.ts";
import {
  type CompactOptions,
  type CompactProblem,
  type CompactReport,
  type CompactSettings,
  compactSettings,
} from "./compact-options.ts";
import { makePack, shareOut } from "./make-packs.ts";
import { type CompactStore, putOnce } from "./put-once.ts";

/**
 * Packs the parts of closed runs into larger objects below another prefix, `logs-compact/` of
 * `logs/`, and deletes them once they have lain in a pack for long enough.
 *
 * Parts are copied byte for byte, each with the checksum of its writer; `s3Source` reads them in
 * either place. A manifest names the parts before the pack is there, so that one that was broken off
 * is finished by the next call, and no part ever gets into two packs; that two calls at once do not
 * get in each other's way takes a store with conditions on writes. A part is deleted after the whole
 * pack was read back and found right. Memory holds two packs, and half a kilobyte for each part of a
 * day.
 *
 * @param url `s3://bucket/prefix/`, as for `s3Sink`.
 * @throws TypeError for options that cannot be meant
 * @throws StepLogError `READ_FAILED`, `WRITE_FAILED`; the signal's reason.
 */
export async function compact(
  url: string | URL,
  options: CompactOptions = {},
): Promise<CompactReport> {
  const settings = compactSettings(options);
  const { signal = new AbortController().signal } = options;
  const place = {
    ...openStore(url, options, "compact"),
    ...settings,
    signal,
    maxPartBytes: MAX_PART_BYTES,
  };
  const job: Job = { ...place, manifests: manifestReader(place), counts: emptyCounts() };
  const manifests = await listManifests(place.prefix, settings, place);
  for (const day of await findDays(place.prefix, settings, place)) {
    await compactDay(day, manifests.get(day) ?? [], job);
  }
  return job.counts;
}

type Job = CompactStore &
  CompactSettings & {
    readonly manifests: ManifestReader;
    readonly counts: ReturnType<typeof emptyCounts>;
  };

function emptyCounts() {
  const problems: CompactProblem[] = [];
  return { packs: 0, packedParts: 0, packedBytes: 0, deletedParts: 0, leftParts: 0, problems };
}

async function compactDay(day: string, refs: readonly ManifestRef[], job: Job): Promise<void> {
  const { packBytes, counts } = job;
  const lying = new Set<string>();
  const closed: StoredPart[] = [];
  for await (const { parts } of findRuns(day, [], job)) {
    const isClosed = parts.every(({ storedAt = 0 }) => storedAt <= Date.now() - job.closedForMs);
    for (const { place } of parts) lying.add(place.key);
    if (isClosed) closed.push(...parts);
  }

  const packed = new Set<string>();
  for (const ref of refs) {
    const manifest = await job.manifests.read(ref, job.signal);
    for (const { key } of manifest.parts) packed.add(key);
    const left = manifest.parts.filter(({ key }) => lying.has(key));
    if (left.length === 0) continue;
    const packedAt = await finishPack(manifest, job);
    const isOver = packedAt !== undefined && packedAt <= Date.now() - job.graceMs;
    if (isOver) await deleteParts(manifest, left, job);
  }

  // Without a gap, so that of two calls at once only one can have the next number.
  let n = (refs.at(-1)?.n ?? 0) + 1;
  const wanted = closed.filter(
    ({ place: { key, size } }) => !packed.has(key) && size <= packBytes / 2,
  );
  for (const parts of shareOut(wanted, packBytes)) {
    const pack = await makePack(parts, n, job);
    if (pack === undefined) continue;
    counts.problems.push(...pack.problems);
    if (pack.manifest.parts.length < 2) continue;
    const text = Buffer.from(`${JSON.stringify(pack.manifest)}\n`);
    // Another call has this number: it sees to the day.
    if (!(await putOnce(manifestKey(job.prefix, day, n), text, "application/json", job))) break;
    await storePack(pack.manifest, pack.body, job);
    n++;
    counts.packs++;
    counts.packedParts += pack.manifest.parts.length;
    counts.packedBytes += pack.body.length;
  }
  counts.leftParts += lying.size;
}

/** When a pack was stored, in milliseconds; stores it now where that was broken off. */
async function finishPack(manifest: PackManifest, job: Job): Promise<number | undefined> {
  const { pack, sha256, parts } = manifest;
  const found = await retried(`looking for ${pack}`, job, (signal) =>
    job.store.head(pack, { signal }),
  );
  if (found !== undefined) return found.lastModified?.getTime();
  const bodies = await inParallel(parts, job.maxConcurrency, async ({ key, bytes }) =>
    getObject({ key, size: bytes }, job).then(
      ({ body }) => body,
      (error) => {
        if (isMissing(error)) return Buffer.alloc(0);
        throw error;
      },
    ),
  );
  const body = Buffer.concat(bodies);
  if (sha256Of(body) === sha256) await storePack(manifest, body, job);
  else {
    job.counts.problems.push({ key: pack, reason: "is not there, and its parts have changed" });
  }
  return undefined;
}

async function storePack({ pack }: PackManifest, body: Buffer, job: Job): Promise<void> {
  if (await putOnce(pack, body, "application/x-ndjson", job)) return;
  job.counts.problems.push({ key: pack, reason: "is not what its manifest says" });
}

/** Deletes parts, after the pack was read back. */
async function deleteParts(
  { pack, bytes, sha256 }: PackManifest,
  parts: readonly PackedPart[],
  job: Job,
): Promise<void> {
  const { body } = await getObject({ key: pack, size: bytes }, job);
  if (sha256Of(body) !== sha256) {
    job.counts.problems.push({ key: pack, reason: "is not what its manifest says" });
    return;
  }
  await inParallel(parts, job.maxConcurrency, async ({ key }) => {
    await retried(
      `deleting ${key}`,
      job,
      (signal) => job.store.delete(key, { signal }),
      "WRITE_FAILED",
    );
    job.counts.deletedParts++;
    job.counts.leftParts--;
  });
}
