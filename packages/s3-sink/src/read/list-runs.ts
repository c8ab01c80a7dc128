import type { RunFilter, RunRef } from "@step-log/core";
import { runDay, runSlug, utcDay } from "../part-key.ts";
import { inReadingOrder, mergeParts } from "./merge-parts.ts";
import { PartQueue } from "./part-queue.ts";
import { aheadOf, allRuns } from "./read-runs.ts";
import type { Reading } from "./reading.ts";
import type { RunParts, StoredPart } from "./stored-part.ts";

// A clock may be off; by more, and S3 takes nothing that it has signed.
const CLOCK_SLACK_S = 3_600;

/**
 * Lists the runs. Without a filter from their keys alone, but for those whose ids do not stand in
 * keys; with one, records are read until one fits: as a rule of the first part.
 */
export async function* listRuns(
  filter: RunFilter,
  reading: Reading,
): AsyncGenerator<readonly RunRef[], void, void> {
  const { since = Number.NEGATIVE_INFINITY, until = Number.POSITIVE_INFINITY } = filter;
  const isFiltered = filter.since !== undefined || filter.until !== undefined;
  const needsReading = ({ slug }: RunParts) => isFiltered || runSlug(slug) !== slug;
  const mayFit = (run: RunParts) => isAfter(run, since) && isBefore(run, until);

  const given = new Set<string>();
  const met = new Set<string>();
  const queue = new PartQueue(reading, reading.maxConcurrency);
  const firstPart = (run: RunParts) =>
    needsReading(run) && mayFit(run) ? inReadingOrder(run.parts).slice(0, 1) : [];
  for await (const run of aheadOf(allRuns(reading), queue, firstPart)) {
    const { slug, parts } = run;
    const isFirst = !met.has(slug);
    met.add(slug);
    if (given.has(slug) || !mayFit(run)) {
      queue.drop(firstPart(run));
      continue;
    }
    const [part] = inReadingOrder(parts);
    const location = part === undefined ? {} : { location: locationOf(reading, part) };
    if (!needsReading(run)) {
      given.add(slug);
      yield [{ runId: slug, ...location }];
      continue;
    }
    const found = await readUntil(run, queue, (ts) => ts >= since && ts < until);
    if (found === undefined) continue;
    given.add(slug);
    const { runId, startedAt } = found;
    yield [{ runId, ...location, ...(isFirst && { startedAt }) }];
  }
}

/** Reads a run until a record's time fits. */
async function readUntil(
  { slug, parts }: RunParts,
  queue: PartQueue,
  fits: (ts: number) => boolean,
): Promise<{ runId: string; startedAt: number } | undefined> {
  let startedAt: number | undefined;
  for await (const { items } of mergeParts(parts, queue)) {
    for (const item of items) {
      if (item.type === "bad_line" || runSlug(item.run_id) !== slug) continue;
      startedAt ??= item.ts;
      if (fits(item.ts)) return { runId: item.run_id, startedAt };
    }
  }
  return undefined;
}

/** Whether a run may have a record of that time or later: all were made before they were stored. */
function isAfter({ parts }: RunParts, since: number): boolean {
  return parts.some(
    ({ storedAt }) => storedAt === undefined || storedAt / 1_000 + CLOCK_SLACK_S >= since,
  );
}

/** Whether a run may have a record before that time: its day is that of its start, or of its id. */
function isBefore({ day, slug }: RunParts, until: number): boolean {
  if (runDay(slug) !== undefined || until > Date.now() / 1_000) return true;
  return day <= utcDay(until * 1_000);
}

function locationOf({ bucket }: Reading, { place }: StoredPart): string {
  return `s3://${bucket}/${place.key}`;
}
