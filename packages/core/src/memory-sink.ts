import { StepLogError } from "./errors.ts";
import { listRuns } from "./list-runs.ts";
import type { StepRecord } from "./record.ts";
import type { Sink } from "./sink.ts";
import type { Source } from "./source.ts";

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

/** Keeps entries in memory: for tests, and the sink to read first when you write your own. */
export function memorySink(options: MemorySinkOptions = {}): MemorySink {
  const { maxEntries = Number.POSITIVE_INFINITY } = options;
  const lines: string[] = [];
  let written = 0;
  let dropped = 0;
  let lostSinceFlush = 0;
  let closed = false;

  // From the lines, since the records share their parts with other sinks.
  const records = (runId?: string) => {
    const all = lines.map((line) => JSON.parse(line) as StepRecord);
    return runId === undefined ? all : all.filter((record) => record.run_id === runId);
  };
  const readAll = async function* () {
    yield* records();
  };

  return {
    name: "memory",
    lines,
    records,
    write(entry) {
      if (closed) {
        dropped++;
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
    stats: () => ({ written, pending: 0, pendingBytes: 0, dropped }),
    lastStep: (runId) =>
      records(runId).reduce<number | undefined>((last, { step }) => Math.max(last ?? 0, step), undefined),
    runs: (filter) => listRuns(readAll(), filter, "memory"),
    async *read(runId) {
      yield* records(runId);
    },
    readAll,
  };
}
