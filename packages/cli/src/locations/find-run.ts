import type { RunRef, Source } from "@step-log/core";
import type { Io } from "../io.ts";
import { note } from "../output/note.ts";
import { UsageError } from "../usage-error.ts";

// More than these are no help.
const MAX_SHOWN = 10;

/**
 * Finds a run by its id, or by the beginning of one: `latest` is the one that began last, and what is
 * meant where there is a single run and none is named.
 *
 * @throws UsageError where none is meant, or several could be
 */
export async function findRun(source: Source, wanted: string | undefined, io: Io): Promise<string> {
  const runs: RunRef[] = [];
  for await (const run of source.runs(undefined, { signal: io.signal })) {
    if (run.runId === wanted) return run.runId;
    runs.push(run);
  }
  if (runs.length === 0) throw new UsageError("there are no runs in it");
  if (wanted === "latest") return newest(runs).runId;
  const found = wanted === undefined ? runs : runs.filter(({ runId }) => runId.startsWith(wanted));
  const [only] = found;
  if (found.length === 1 && only !== undefined) {
    if (wanted !== undefined) note(io, `run ${only.runId}`);
    return only.runId;
  }
  const from = found.length > 0 ? found : runs;
  const shown = from.slice(0, MAX_SHOWN).map(({ runId }) => `  ${runId}`);
  if (from.length > MAX_SHOWN) shown.push(`  … ${from.length - MAX_SHOWN} more: step-log ls`);
  const what =
    wanted === undefined
      ? `there are ${runs.length} runs in it; name one, or latest:`
      : found.length > 0
        ? `${found.length} runs begin with ${wanted}:`
        : `there is no run ${wanted}; there are:`;
  throw new UsageError(`${what}\n${shown.join("\n")}`);
}

function newest(runs: readonly RunRef[]): RunRef {
  return runs.reduce((a, b) => ((b.startedAt ?? 0) >= (a.startedAt ?? 0) ? b : a));
}
