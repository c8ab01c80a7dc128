import { createHash, type Hash } from "node:crypto";
import { tmpdir } from "node:os";
import { type Sink, type Source, type StepRecord, toLine } from "@step-log/core";
import type { LogItem } from "../locations/log-item.ts";
import { linesOf } from "./lines-of.ts";
import type { Outcome, RunStore } from "./run-store.ts";

/** What a log holds of a run. */
interface Held {
  records: number;
  readonly hash: Hash;
}

/** What a store that can only be added to is made of. */
export interface AppendTarget {
  readonly name: string;
  readonly sink: Sink;
  /** What is there already; nothing where there is no log yet. */
  readonly source?: Source | undefined;
  /** Whether all of it can be read at once, as a file can; a bucket is read run by run, where needed. */
  readonly isSmall: boolean;
  readonly signal: AbortSignal;
}

// A sink may hold 32 MiB in memory before it gives up on records.
const FLUSH_BYTES = 8 * 2 ** 20;

/**
 * A file for many runs, or a bucket: runs are added to it, and what a run has more than before. What
 * differs from what is there cannot be put right, and is left out.
 */
export async function appendStore(target: AppendTarget): Promise<RunStore> {
  const { name, sink } = target;
  const held = await heldBy(target);
  let waiting = 0;
  return {
    name,
    stagingParent: tmpdir(),
    async settle({ runId, path }) {
      const before = await held(runId);
      const expected = before?.hash.copy().digest("hex");
      const now: Held = { records: 0, hash: createHash("sha256") };
      let added = 0;
      for await (const line of linesOf(path)) {
        if (before !== undefined && now.records === before.records) {
          if (now.hash.copy().digest("hex") !== expected) return "kept";
        }
        count(now, line);
        if (before !== undefined && now.records <= before.records) continue;
        const record = JSON.parse(line) as StepRecord;
        sink.write({ runId, step: record.step, record, line: `${line}\n` });
        added++;
        waiting += line.length;
        if (waiting < FLUSH_BYTES) continue;
        await sink.flush();
        waiting = 0;
      }
      const outcome = outcomeOf(before, expected, now, added);
      if (outcome !== "kept") held.set(runId, now);
      return outcome;
    },
    close: () => sink.close(),
  };
}

function outcomeOf(
  before: Held | undefined,
  expected: string | undefined,
  now: Held,
  added: number,
): Outcome {
  if (before === undefined) return "new";
  if (added > 0) return "grown";
  return now.records === before.records && now.hash.copy().digest("hex") === expected
    ? "unchanged"
    : "kept";
}

function count(held: Held, line: string): void {
  held.records++;
  held.hash.update(line).update("\n");
}

interface HeldRuns {
  (runId: string): Promise<Held | undefined>;
  set(runId: string, held: Held): void;
}

async function heldBy({ source, isSmall, signal }: AppendTarget): Promise<HeldRuns> {
  const known = new Map<string, Held>();
  const ids = new Set<string>();
  const set = (runId: string, held: Held): void => void known.set(runId, held);
  const add = (item: LogItem): void => {
    if (item.type === "bad_line") return;
    const held = known.get(item.run_id) ?? { records: 0, hash: createHash("sha256") };
    known.set(item.run_id, held);
    count(held, toLine(item).text.slice(0, -1));
  };
  if (source !== undefined && isSmall) {
    for await (const item of source.readAll({ signal })) add(item);
  } else if (source !== undefined) {
    for await (const { runId } of source.runs(undefined, { signal })) ids.add(runId);
  }
  const find = async (runId: string): Promise<Held | undefined> => {
    if (source !== undefined && ids.delete(runId)) {
      for await (const item of source.read(runId, { signal })) add(item);
    }
    return known.get(runId);
  };
  return Object.assign(find, { set });
}
