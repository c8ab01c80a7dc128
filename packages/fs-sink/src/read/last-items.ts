import { statSync } from "node:fs";
import type { ReadOptions } from "@step-log/core";
import { runFileName } from "../run-file-name.ts";
import { tooLong } from "./damage.ts";
import { DEFAULT_LIMITS } from "./default-limits.ts";
import { type LogChain, type LogFile, type LogFiles, listLogFiles } from "./log-files.ts";
import { passedOver } from "./read-chain.ts";
import { type ReadLogOptions, readLogFile } from "./read-log-file.ts";
import { type ReadableFile, tryToOpen } from "./readable-file.ts";
import { type ReadItem, RecordCutter } from "./record-cutter.ts";

/** Options of `FsSource.last`. */
export interface LastOptions extends ReadOptions {
  /** Of this run only, and bad lines of its files. */
  readonly runId?: string;
  /** Whether one counts; of each file asked from its end on. @defaultValue all do */
  readonly wants?: (item: ReadItem) => boolean;
}

type LastItemsOptions = LastOptions & Pick<ReadLogOptions, "onRead">;

/**
 * Gives the last records and bad lines of a log, oldest first: read from the ends of its files, those
 * that changed last first, and no further back than is needed. Of several files they come by time.
 *
 * @throws StepLogError `NOT_FOUND`, `UNSAFE_FILE`, `READ_FAILED`; the signal's reason
 */
export async function lastItems(
  location: string | URL,
  count: number,
  options: LastItemsOptions = {},
): Promise<ReadItem[]> {
  if (count < 1) return [];
  const files = await filesOf(location, options.runId);
  const chains = [...files.logs.values()]
    .flat()
    .map((chain) => ({ chain, changedAt: changedAt(chain) }))
    .sort((a, b) => b.changedAt - a.changedAt);
  let found: Timed[] = [];
  for (const { chain, changedAt } of chains) {
    options.signal?.throwIfAborted();
    const oldest = found[0];
    // A file has nothing that is younger than its last change.
    const isOlder = oldest !== undefined && changedAt + CLOCK_SLACK_S < oldest.ts;
    if (found.length >= count && isOlder) break;
    found = latest([...found, ...(await lastOfChain(chain, files, count, options))], count);
  }
  return found.map(({ item }) => item);
}

interface Timed {
  readonly item: ReadItem;
  /** Of a bad line, that of the record before it. */
  readonly ts: number;
}

// How far the clocks of a file server and of the writer may be apart.
const CLOCK_SLACK_S = 60;

async function filesOf(location: string | URL, runId: string | undefined): Promise<LogFiles> {
  if (runId === undefined) return listLogFiles(location);
  const own = await listLogFiles(location, { stem: runFileName(runId) });
  return own.logs.size > 0 ? own : listLogFiles(location);
}

function changedAt(chain: LogChain): number {
  const path = chain.at(-1)?.path ?? "";
  return (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0) / 1000;
}

function latest(found: readonly Timed[], count: number): Timed[] {
  return found.toSorted((a, b) => a.ts - b.ts).slice(-count);
}

/** Goes back through the files of a chain until there is enough. */
async function lastOfChain(
  chain: LogChain,
  files: LogFiles,
  count: number,
  options: LastItemsOptions,
): Promise<Timed[]> {
  const backwards: ReadItem[] = [];
  const { runId, wants = () => true } = options;
  for (const file of chain.toReversed()) {
    for await (const items of itemsFromEnd(file, files, options)) {
      for (let at = items.length - 1; at >= 0; at--) {
        const item = items[at] as ReadItem;
        const isOfRun = runId === undefined || item.type === "bad_line" || item.run_id === runId;
        if (isOfRun && wants(item)) backwards.push(item);
        if (backwards.length === count) return timed(backwards.reverse());
      }
    }
  }
  return timed(backwards.reverse());
}

/** Lines of one writer keep their order, whatever the clock did. */
function timed(items: readonly ReadItem[]): Timed[] {
  let ts = Number.NEGATIVE_INFINITY;
  return items.map((item) => {
    if (item.type !== "bad_line") ts = Math.max(ts, item.ts);
    return { item, ts };
  });
}

// What is packed cannot be read from its end. So much of it is kept while it is read.
const MAX_KEPT = 100_000;

async function* itemsFromEnd(
  file: LogFile,
  files: LogFiles,
  options: LastItemsOptions,
): AsyncGenerator<ReadItem[], void, void> {
  const { signal, onRead } = options;
  const reading = {
    mode: "salvage",
    ...DEFAULT_LIMITS,
    signal,
    ...(onRead && { onRead }),
  } as const;
  const opened = tryToOpen(file.path);
  if (opened instanceof Error) {
    yield passedOver(file, opened, files, reading);
    return;
  }
  if (file.isPacked) {
    let kept: ReadItem[] = [];
    for await (const items of readLogFile(file, opened, reading)) {
      kept = [...kept, ...items];
      if (kept.length > 2 * MAX_KEPT) kept = kept.slice(-MAX_KEPT);
    }
    yield kept;
    return;
  }
  try {
    yield* blocksFromEnd(opened, options);
  } finally {
    opened.close();
  }
}

// Begins with what some lines fit into, and goes back four times as far each time.
const FIRST_BYTES = 64 * 1024;
const BLOCK_BYTES = 4 * 1024 * 1024;
const NEWLINE = 10;

async function* blocksFromEnd(
  file: ReadableFile,
  { signal, onRead }: LastItemsOptions,
): AsyncGenerator<ReadItem[], void, void> {
  const { maxLineBytes } = DEFAULT_LIMITS;
  let usual = FIRST_BYTES;
  let length = usual;
  // Up to here is left to read: where a line begins, or the end of the file.
  for (let end = file.size; end > 0; ) {
    signal?.throwIfAborted();
    const start = Math.max(0, end - length);
    const buffer = Buffer.allocUnsafeSlow(end - start);
    const block = buffer.subarray(0, await file.read(buffer, start));
    onRead?.(block.length);
    // The last byte is the end of a line that began before.
    const first = start === 0 ? 0 : block.subarray(0, -1).indexOf(NEWLINE) + 1;
    if (first > 0 || start === 0) {
      end = start + first;
      const options = { mode: "salvage", maxLineBytes, offset: end } as const;
      const cutter = new RecordCutter(file.path, options);
      yield [...cutter.push(block.subarray(first)), ...cutter.end()];
    } else if (length <= maxLineBytes) {
      length = Math.min(4 * length, maxLineBytes + 1);
      continue;
    } else {
      const lineStart = await startOfLine(file, start);
      yield [{ ...tooLong(lineStart, end - lineStart, 0, maxLineBytes), location: file.path }];
      end = lineStart;
    }
    usual = Math.min(4 * usual, BLOCK_BYTES);
    length = usual;
  }
}

async function startOfLine(file: ReadableFile, before: number): Promise<number> {
  const buffer = Buffer.allocUnsafeSlow(BLOCK_BYTES);
  for (let end = before; end > 0; end -= buffer.length) {
    const start = Math.max(0, end - buffer.length);
    const bytes = buffer.subarray(0, end - start);
    await file.read(bytes, start);
    const newline = bytes.lastIndexOf(NEWLINE);
    if (newline >= 0) return start + newline + 1;
  }
  return 0;
}
