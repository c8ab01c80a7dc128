import {
  type BadLine,
  listRuns,
  type Sink,
  type Source,
  StepLogError,
  type StepRecord,
} from "@step-log/core";

export function arraySink(lines: string[]): Sink {
  let closed = false;
  let lost = 0; // since the last flush
  return {
    name: "array",
    write(entry) {
      if (closed) lost++;
      else lines.push(entry.line);
    },
    async flush() {
      const count = lost;
      lost = 0;
      if (count > 0) throw new StepLogError("CLOSED", "array: came after close", { lost: count });
    },
    async close() {
      closed = true;
    },
  };
}

export function arraySource(lines: readonly string[]): Source {
  const readAll: Source["readAll"] = async function* (options) {
    let offset = 0;
    for (const line of lines) {
      options?.signal?.throwIfAborted();
      yield parse(line, offset);
      offset += Buffer.byteLength(line);
    }
  };
  return {
    readAll,
    runs: (filter, options) => listRuns(readAll(options), filter),
    async *read(runId, options) {
      for await (const item of readAll(options)) {
        if (item.type === "bad_line" || item.run_id === runId) yield item;
      }
    },
  };
}

function parse(line: string, offset: number): StepRecord | BadLine {
  try {
    const value = JSON.parse(line);
    if (typeof value?.run_id === "string") return value;
  } catch {
    // Told below, like JSON that is no record.
  }
  const bytes = Buffer.byteLength(line) - 1;
  return { type: "bad_line", offset, bytes, reason: "not a record" };
}
