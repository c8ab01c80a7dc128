import { runDay } from "../part-key.ts";
import { inParallel } from "../store/in-parallel.ts";
import { findDays } from "./find-days.ts";
import { findRun, findRuns } from "./find-parts.ts";
import { listManifests, type ManifestRef } from "./list-manifests.ts";
import { inReadingOrder, mergeParts } from "./merge-parts.ts";
import type { ReadItem } from "./parse-part.ts";
import { PartQueue } from "./part-queue.ts";
import type { Reading } from "./reading.ts";
import { RunAudit, type RunReport } from "./run-audit.ts";
import type { RunParts, StoredPart } from "./stored-part.ts";
import { findSuperseded } from "./superseded.ts";

// Runs that are looked at ahead, also when nothing of them is to be loaded.
const MOST_AHEAD = 64;

/** Reads one run, wherever its parts lie. */
export async function* readRun(
  runId: string,
  reading: Reading,
  onReport?: (report: RunReport) => void,
): AsyncGenerator<readonly ReadItem[], void, void> {
  const parts = await partsOf(runId, reading);
  const audit = new RunAudit(runId, parts);
  const queue = new PartQueue(reading, reading.maxConcurrency);
  queue.add(inReadingOrder(parts));
  for await (const items of mergedItems(parts, queue, reading, () => audit.supersede())) {
    const own = items.filter((item) => item.type === "bad_line" || item.run_id === runId);
    if (onReport !== undefined) for (const item of own) audit.add(item);
    yield own;
  }
  onReport?.(audit.report());
}

/** Reads all runs, day by day. */
export async function* readAllRuns(
  reading: Reading,
): AsyncGenerator<readonly ReadItem[], void, void> {
  const queue = new PartQueue(reading, reading.maxConcurrency);
  const ahead = aheadOf(allRuns(reading), queue, ({ parts }) => parts);
  for await (const { parts } of ahead) yield* mergedItems(parts, queue, reading);
}

/** The days that have something, ascending. */
export async function* listDays(reading: Reading): AsyncGenerator<string[], void, void> {
  yield (await findContents(reading)).days;
}

/** All runs, by day and slug; a run that lies under several days comes several times. */
export async function* allRuns(reading: Reading): AsyncGenerator<RunParts, void, void> {
  const { days, manifests } = await findContents(reading);
  for (const day of days) yield* findRuns(day, manifests.get(day) ?? [], reading);
}

/** Takes up runs while there is room in the queue, so that their parts are loaded ahead. */
export async function* aheadOf(
  runs: AsyncGenerator<RunParts, void, void>,
  queue: PartQueue,
  wanted: (run: RunParts) => readonly StoredPart[],
): AsyncGenerator<RunParts, void, void> {
  const ahead: RunParts[] = [];
  try {
    for (let isMore = true; ; ) {
      while (isMore && (ahead.length === 0 || (queue.hasRoom && ahead.length < MOST_AHEAD))) {
        const { done, value } = await runs.next();
        if (done) isMore = false;
        else {
          ahead.push(value);
          queue.add(inReadingOrder(wanted(value)));
        }
      }
      const next = ahead.shift();
      if (next === undefined) return;
      yield next;
    }
  } finally {
    await runs.return();
  }
}

async function* mergedItems(
  parts: readonly StoredPart[],
  queue: PartQueue,
  { dedupe }: Reading,
  onSuperseded: () => void = () => {},
): AsyncGenerator<readonly ReadItem[], void, void> {
  const isSuperseded = dedupe === "step" ? await findSuperseded(parts, queue) : undefined;
  for await (const { part, items } of mergeParts(parts, queue)) {
    if (isSuperseded === undefined) yield items;
    else {
      yield items.filter((item) => {
        const isLeftOut = item.type !== "bad_line" && isSuperseded(item, part);
        if (isLeftOut) onSuperseded();
        return !isLeftOut;
      });
    }
  }
}

/** The parts of a run: of the day that its id tells, else of all days. */
async function partsOf(runId: string, reading: Reading): Promise<StoredPart[]> {
  const { days, manifests } = await findContents(reading, runDay(runId));
  const parts = await inParallel(days, reading.maxConcurrency, (day) =>
    findRun(day, runId, manifests.get(day) ?? [], reading),
  );
  return parts.flat();
}

/** The days that have something, ascending, and the manifests of packs by day; or those of one day. */
async function findContents(
  reading: Reading,
  only?: string,
): Promise<{ days: string[]; manifests: Map<string, ManifestRef[]> }> {
  const { prefix, fromDay, toDay } = reading;
  if (only !== undefined && (only < fromDay || only > toDay)) {
    return { days: [], manifests: new Map() };
  }
  const range = only === undefined ? reading : { fromDay: only, toDay: only };
  const [days, manifests] = await Promise.all([
    only === undefined ? findDays(prefix, range, reading) : [only],
    listManifests(prefix, range, reading),
  ]);
  return { days: [...new Set([...days, ...manifests.keys()])].sort(), manifests };
}
