import type { Source } from "@step-log/core";
import type { FsSource } from "@step-log/fs-sink";
import type { Log } from "./log.ts";
import type { LogItem } from "./log-item.ts";

// As many as a file source gives at once, so that nobody waits for the first page.
const BATCH = 500;

/** A log that a `Source` reads; one of files can do some things faster. */
export function sourceLog(name: string, source: Source, files?: FsSource, path?: string): Log {
  return {
    name,
    ...(path !== undefined && { path }),
    runs: (filter, options) => source.runs(filter, options),
    read: (runId, options) => source.read(runId, options),
    readAll: (options) => source.readAll(options),
    batches: (options) =>
      files === undefined ? inBatches(source.readAll(options)) : files.batches(options),
    async size() {
      if (files === undefined) return null;
      return (await files.files()).reduce((sum, { bytes }) => sum + bytes, 0);
    },
  };
}

async function* inBatches(
  items: AsyncIterable<LogItem>,
): AsyncGenerator<readonly LogItem[], void, void> {
  let batch: LogItem[] = [];
  for await (const item of items) {
    batch.push(item);
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
