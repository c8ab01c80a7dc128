import type { CostFunction } from "@step-log/replay";
import type { Log } from "../locations/log.ts";
import { OverviewTally } from "./run-overview.ts";
import type { ListedRun, ReplayState } from "./state/replay-state.ts";
import type { Message } from "./state/update.ts";
import { turnTaker } from "./turn-taker.ts";

// Runs that are told of at once.
const BATCH_MS = 50;

/** Lists the runs of a log as they are found. */
export async function listRuns(
  log: Log,
  send: (message: Message) => void,
  signal: AbortSignal,
): Promise<void> {
  let batch: ListedRun[] = [];
  let sentAt = 0;
  const turn = turnTaker();
  for await (const { runId, startedAt = null } of log.runs(undefined, { signal })) {
    batch.push({ runId, startedAt, overview: null });
    await turn();
    if (performance.now() - sentAt < BATCH_MS) continue;
    send({ kind: "runs", runs: batch, isComplete: false });
    batch = [];
    sentAt = performance.now();
  }
  send({ kind: "runs", runs: batch, isComplete: true });
}

/**
 * Reads what runs came to: of runs with files of their own those that are seen, of a file that they share
 * all at once.
 */
export async function readOverviews(
  log: Log,
  wanted: () => readonly string[],
  costOf: CostFunction,
  send: (message: Message) => void,
  signal: AbortSignal,
): Promise<void> {
  const turn = turnTaker();
  if (!(await haveOwnFiles(log, signal))) {
    return readAllOverviews(log, wanted, costOf, send, signal);
  }
  for (let [runId] = wanted(); runId !== undefined; [runId] = wanted()) {
    const tally = new OverviewTally();
    for await (const item of log.read(runId, { signal })) {
      tally.add(item, costOf);
      await turn();
    }
    send({ kind: "overviews", overviews: new Map([[runId, tally.overview()]]) });
  }
}

async function readAllOverviews(
  log: Log,
  wanted: () => readonly string[],
  costOf: CostFunction,
  send: (message: Message) => void,
  signal: AbortSignal,
): Promise<void> {
  const tallies = new Map<string, OverviewTally>();
  const turn = turnTaker();
  for await (const batch of log.batches({ signal })) {
    for (const item of batch) {
      if (item.type === "bad_line") continue;
      let tally = tallies.get(item.run_id);
      if (tally === undefined) {
        tally = new OverviewTally();
        tallies.set(item.run_id, tally);
      }
      tally.add(item, costOf);
    }
    await turn();
  }
  // What is listed and was not met has nothing to tell, and is not to be looked for again.
  for (const runId of wanted()) if (!tallies.has(runId)) tallies.set(runId, new OverviewTally());
  const all = [...tallies].map(([runId, tally]) => [runId, tally.overview()] as const);
  send({ kind: "overviews", overviews: new Map(all) });
}

/** Whether each run can be read without reading the others. */
async function haveOwnFiles(log: Log, signal: AbortSignal): Promise<boolean> {
  const places = new Set<string>();
  let runs = 0;
  for await (const { location } of log.runs(undefined, { signal })) {
    if (location === undefined) return false;
    places.add(location);
    if (places.size < ++runs) return false;
    if (runs === ENOUGH) break;
  }
  return true;
}

// A folder has runs in files of their own, or it has not.
const ENOUGH = 20;

/** The runs in sight of which nothing is known yet. */
export function runsInSight({ runs, pages, size }: ReplayState): readonly string[] {
  const page = pages.at(-1);
  if (page?.kind !== "runs") return [];
  const seen = runs.slice(page.top, page.top + size.rows);
  return seen.filter(({ overview }) => overview === null).map(({ runId }) => runId);
}
