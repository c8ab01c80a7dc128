import { createHash } from "node:crypto";
import { tmpdir } from "node:os";
import { type Sink, type Source, type StepRecord, toLine } from "@step-log/core";
import type { LogItem } from "../locations/log-item.ts";
import { linesOf } from "./lines-of.ts";
import type { Outcome, RunStore } from "./run-store.ts";
import type { StagedRun } from "./staged-runs.ts";

/** What a store that can only be added to is made of. */
export interface AppendTarget {
  readonly name: string;
  readonly sink: Sink;
  /** What is there already; nothing where there is no log yet. */
  readonly source?: Source | undefined;
  /** Whether all of it is read at once, as a file; a bucket is read run by run, where that is needed. */
  readonly isFile: boolean;
  readonly signal: AbortSignal;
}

// A sink may hold 32 MiB in memory before it gives up on records.
const FLUSH_BYTES = 8 * 2 ** 20;

/**
 * A file for many runs, or a bucket: runs are added to it, and what a run has more than before. What
 * differs from what is there cannot be put right, and is left out.
 *
 * Of a file that is there it remembers some 50 bytes a record.
 */
export async function appendStore(target: AppendTarget): Promise<RunStore> {
  const { name, sink } = target;
  const heldOf = await heldBy(target);
  const added = new Set<string>();
  let waiting = 0;

  /** Writes the lines that are not there yet; says how many. */
  async function append({ runId, path }: StagedRun, held: ReadonlySet<number>): Promise<number> {
    let count = 0;
    for await (const line of linesOf(path)) {
      if (held.has(hashOf(line))) continue;
      const record = JSON.parse(line) as StepRecord;
      sink.write({ runId, step: record.step, record, line: `${line}\n` });
      count++;
      waiting += line.length;
      if (waiting < FLUSH_BYTES) continue;
      waiting = 0;
      await sink.flush();
    }
    return count;
  }

  return {
    name,
    keptHint: "into a folder they can be imported anew",
    stagingParent: tmpdir(),
    async settle(run): Promise<Outcome> {
      // Of a run that another source had a moment ago; which of them has more cannot be told any more.
      if (added.has(run.runId)) return "kept";
      const held = await heldOf(run.runId);
      if (held !== undefined && !(await hasAll(run, held))) return "kept";
      added.add(run.runId);
      const count = await append(run, held ?? new Set());
      return held === undefined ? "new" : count > 0 ? "grown" : "unchanged";
    },
    close: () => sink.close(),
  };
}

/** Whether a run still has every line that is there of it. */
async function hasAll({ path }: StagedRun, held: ReadonlySet<number>): Promise<boolean> {
  let found = 0;
  for await (const line of linesOf(path)) if (held.has(hashOf(line))) found++;
  return found === held.size;
}

/** 48 bits, which a number holds; lines of one run that differ will not meet. */
function hashOf(line: string): number {
  return createHash("sha1").update(line).digest().readUIntBE(0, 6);
}

/** What is there, by the lines of each run. */
async function heldBy({
  source,
  isFile,
  signal,
}: AppendTarget): Promise<(runId: string) => Promise<ReadonlySet<number> | undefined>> {
  const lines = new Map<string, Set<number>>();
  const add = (item: LogItem): void => {
    if (item.type === "bad_line") return;
    const held = lines.get(item.run_id) ?? new Set();
    lines.set(item.run_id, held);
    held.add(hashOf(toLine(item).text.slice(0, -1)));
  };
  if (source === undefined) return async () => undefined;
  if (isFile) {
    for await (const item of source.readAll({ signal })) add(item);
    return async (runId) => lines.get(runId);
  }
  const ids = new Set<string>();
  for await (const { runId } of source.runs(undefined, { signal })) ids.add(runId);
  return async (runId) => {
    if (!ids.has(runId)) return undefined;
    lines.clear();
    for await (const item of source.read(runId, { signal })) add(item);
    return lines.get(runId);
  };
}
