import type { ReadOptions, RunRef, RunStartRecord, Source } from "@step-log/core";
import { textOf } from "../run/fields.ts";
import { isRecord } from "../run/run-steps.ts";

// Enough to hide the latency of a bucket.
const PARALLEL = 8;
// Clocks of machines that work together differ by less.
const CLOCK_DIFFERENCE_S = 60;

/** The headers of the runs that each run started, by its id, of runs since a time. */
export async function subRuns(
  source: Source,
  since: number,
  options?: ReadOptions,
): Promise<Map<string, RunStartRecord[]>> {
  const refs: RunRef[] = [];
  const from = { since: since - CLOCK_DIFFERENCE_S };
  for await (const ref of source.runs(from, options)) refs.push(ref);
  const places = new Set(refs.map(({ location }) => location));
  // Looking for one run after the other in a file that they share would read it as often as it has runs.
  const areApart = places.size === refs.length && !places.has(undefined);
  const starts = areApart
    ? await firstRecords(source, refs, options)
    : await allStarts(source, options);
  const byParent = new Map<string, RunStartRecord[]>();
  for (const start of starts) {
    const parent = textOf(start, "parent_run_id");
    if (parent === null || start.type !== "run_start") continue;
    const siblings = byParent.get(parent);
    if (siblings === undefined) byParent.set(parent, [start]);
    else siblings.push(start);
  }
  for (const siblings of byParent.values()) siblings.sort(byBegin);
  return byParent;
}

/** By time; ids that were made in the same millisecond are in order as a rule. */
function byBegin(a: RunStartRecord, b: RunStartRecord): number {
  return a.ts - b.ts || (a.run_id < b.run_id ? -1 : 1);
}

async function firstRecords(
  source: Source,
  refs: readonly RunRef[],
  options?: ReadOptions,
): Promise<RunStartRecord[]> {
  const found: RunStartRecord[] = [];
  const left = [...refs];
  const readSome = async () => {
    for (let ref = left.pop(); ref !== undefined; ref = left.pop()) {
      for await (const record of source.read(ref.runId, options)) {
        if (!isRecord(record)) continue;
        found.push(record as RunStartRecord);
        break;
      }
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, readSome));
  return found;
}

async function allStarts(source: Source, options?: ReadOptions): Promise<RunStartRecord[]> {
  const found: RunStartRecord[] = [];
  for await (const record of source.readAll(options)) {
    if (record?.type === "run_start" && isRecord(record)) found.push(record);
  }
  return found;
}
