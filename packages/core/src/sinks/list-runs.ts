import type { StepRecord } from "../record.ts";
import type { BadLine, RunFilter, RunRef } from "../source.ts";

/** Lists the runs among records: what a source whose runs lie together makes its `runs` of. */
export async function* listRuns(
  records: AsyncIterable<StepRecord | BadLine>,
  filter: RunFilter = {},
  location?: string,
): AsyncGenerator<RunRef, void, void> {
  const { since = Number.NEGATIVE_INFINITY, until = Number.POSITIVE_INFINITY } = filter;
  const runs = new Map<string, { startedAt: number; within: boolean }>();
  for await (const record of records) {
    if (record.type === "bad_line") continue;
    const within = record.ts >= since && record.ts < until;
    const run = runs.get(record.run_id);
    if (run === undefined) runs.set(record.run_id, { startedAt: record.ts, within });
    else run.within ||= within;
  }
  for (const [runId, { startedAt, within }] of runs) {
    if (within)
      yield location === undefined ? { runId, startedAt } : { runId, startedAt, location };
  }
}
