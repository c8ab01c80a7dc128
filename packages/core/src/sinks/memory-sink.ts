import { StepLogError } from "../errors.ts";
import type { StepRecord } from "../record.ts";
import type { Sink } from "../sink.ts";
import type { ReadOptions, Source } from "../source.ts";
import { listRuns } from "./list-runs.ts";
import { lossLedger } from "./loss-ledger.ts";

/** A sink that keeps its lines in memory, and the source to read them. */
export interface MemorySink extends Sink, Source {
  /** The lines as they were written, each with its `\n`, oldest first. */
  readonly lines: readonly string[];
  /** The records, parsed anew at each call. */
  records(runId?: string): StepRecord[];
}

/** Options of `memorySink`. */
export interface MemorySinkOptions {
  /** How many entries to keep; the oldest make room for new ones. Default: all. */
  readonly maxEntries?: number;
}

/**
 * Keeps entries in memory: for tests, and the sink to read first when you write your own. Its `flush`
 * rejects with `CLOSED` once, when entries came after `close`.
 */
export function memorySink(options: MemorySinkOptions = {}): MemorySink {
  const { maxEntries = Number.POSITIVE_INFINITY } = options;
  const lines: string[] = [];
  const losses = lossLedger();
  let written = 0;
  let lostSinceFlush = 0;
  let closed = false;

  // From the lines, since the records share their parts with other sinks.
  const records = (runId?: string) => {
    const all = lines.map((line) => JSON.parse(line) as StepRecord);
    return runId === undefined ? all : all.filter((record) => record.run_id === runId);
  };
  const read = async function* (runId?: string, { signal }: ReadOptions = {}) {
    signal?.throwIfAborted();
    for (const record of records(runId)) {
      yield record;
      signal?.throwIfAborted();
    }
  };

  return {
    name: "memory",
    lines,
    records,
    write(entry) {
      if (closed) {
        losses.add(entry, "CLOSED");
        lostSinceFlush++;
        return;
      }
      if (lines.length >= maxEntries) lines.shift();
      lines.push(entry.line);
      written++;
    },
    async flush() {
      if (lostSinceFlush === 0) return;
      const lost = lostSinceFlush;
      lostSinceFlush = 0;
      throw new StepLogError("CLOSED", `memory: ${lost} entries came after close`, { lost });
    },
    async close() {
      closed = true;
    },
    flushSync() {},
    stats: (runId) => ({ written, pending: 0, pendingBytes: 0, dropped: losses.count(runId) }),
    lastStep: (runId) =>
      records(runId).reduce<number | undefined>(
        (last, { step }) => Math.max(last ?? 0, step),
        undefined,
      ),
    runs: (filter, readOptions) => listRuns(read(undefined, readOptions), filter, "memory"),
    read,
    readAll: (readOptions) => read(undefined, readOptions),
  };
}
