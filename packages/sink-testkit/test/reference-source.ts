import {
  type BadLine,
  listRuns,
  type ReadOptions,
  type Source,
  type StepRecord,
} from "@step-log/core";

/** Counts what is open, as a file system does. */
export interface Handles {
  open: number;
}

/** A source that keeps the whole contract, over lines in memory. */
export function referenceSource(lines: readonly string[], handles: Handles = { open: 0 }): Source {
  async function* readAll(options?: ReadOptions): AsyncGenerator<StepRecord | BadLine> {
    handles.open++;
    try {
      let offset = 0;
      options?.signal?.throwIfAborted();
      for (const line of lines) {
        yield parse(line, offset);
        options?.signal?.throwIfAborted();
        offset += Buffer.byteLength(line);
      }
    } finally {
      handles.open--;
    }
  }
  return {
    runs: (filter, options) => listRuns(readAll(options), filter),
    async *read(runId, options) {
      for await (const item of readAll(options)) {
        if (item.type === "bad_line" || item.run_id === runId) yield item;
      }
    },
    readAll,
  };
}

function parse(line: string, offset: number): StepRecord | BadLine {
  try {
    const value = JSON.parse(line) as Partial<StepRecord> | null;
    if (typeof value?.run_id === "string") return value as StepRecord;
  } catch {
    // Told below, like JSON that is no record.
  }
  const bytes = Buffer.byteLength(line) - 1;
  return { type: "bad_line", offset, bytes, reason: "not a record" };
}
