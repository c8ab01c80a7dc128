import { stat } from "node:fs/promises";
import type { ImportInput, LogImport } from "@step-log/convert";
import type { RunRef } from "@step-log/core";
import type { Log } from "./log.ts";
import type { LogItem } from "./log-item.ts";

/** Options of `foreignLog`. */
export interface ForeignLogOptions {
  readonly onRead?: ((bytes: number) => void) | undefined;
}

/**
 * A log of another tool, or what is piped in, whatever it is. What can be read once, as a pipe, is kept
 * in memory where it is asked for a second time.
 */
export function foreignLog(
  name: string,
  input: ImportInput,
  { onRead }: ForeignLogOptions = {},
): Log {
  const isPath = typeof input === "string";
  let kept: Promise<readonly LogItem[]> | undefined;

  async function* fresh(signal?: AbortSignal): AsyncGenerator<readonly LogItem[], void, void> {
    yield* (await importOf(input, onRead, signal)).batches();
  }
  async function* batches(signal?: AbortSignal): AsyncGenerator<readonly LogItem[], void, void> {
    if (isPath) return yield* fresh(signal);
    kept ??= all(fresh(signal));
    yield await kept;
  }
  async function* readAll(signal?: AbortSignal): AsyncGenerator<LogItem, void, void> {
    for await (const batch of batches(signal)) yield* batch;
  }
  return {
    name,
    async *runs(
      { since = Number.NEGATIVE_INFINITY, until = Number.POSITIVE_INFINITY } = {},
      { signal } = {},
    ) {
      const runs = new Map<string, RunRef>();
      for await (const item of readAll(signal)) {
        if (item.type === "bad_line" || item.ts < since || item.ts >= until) continue;
        if (!runs.has(item.run_id))
          runs.set(item.run_id, { runId: item.run_id, startedAt: item.ts });
      }
      yield* runs.values();
    },
    async *read(runId, { signal } = {}) {
      for await (const item of readAll(signal)) {
        if (item.type === "bad_line" || item.run_id === runId) yield item;
      }
    },
    readAll: ({ signal } = {}) => readAll(signal),
    batches: ({ signal } = {}) => batches(signal),
    async size() {
      if (!isPath) return null;
      const about = await stat(input);
      return about.isFile() ? about.size : null;
    },
  };
}

async function importOf(
  input: ImportInput,
  onRead: ((bytes: number) => void) | undefined,
  signal: AbortSignal | undefined,
): Promise<LogImport> {
  const { importLog } = await import("@step-log/convert");
  let before = 0;
  return importLog(input, {
    ...(signal && { signal }),
    ...(onRead && {
      onProgress({ bytesRead }) {
        onRead(bytesRead - before);
        before = bytesRead;
      },
    }),
  });
}

async function all(batches: AsyncIterable<readonly LogItem[]>): Promise<readonly LogItem[]> {
  const items: LogItem[] = [];
  for await (const batch of batches) for (const item of batch) items.push(item);
  return items;
}
