import { isAbsolute, join } from "node:path";
import {
  type BadLine,
  type ReadOptions,
  type RunFilter,
  type RunRef,
  type Source,
  StepLogError,
  type StepRecord,
  type Summary,
} from "@step-log/core";
import { runFileName } from "../run-file-name.ts";
import { DEFAULT_LIMITS } from "./default-limits.ts";
import type { FsLogFile } from "./fs-log-file.ts";
import type { LastOptions } from "./last-items.ts";
import { lineFilter } from "./line-filter.ts";
import { oneByOne } from "./one-by-one.ts";
import type { ReadItem, ReadMode } from "./record-cutter.ts";

/** Options of `fsSource`. */
export interface FsSourceOptions {
  /** What to do about lines that are no records. @defaultValue "salvage" */
  readonly mode?: ReadMode;
  /** Whether reading waits for more at the end, until it is left or aborted. @defaultValue false */
  readonly follow?: boolean;
  /** Where following begins: with all that is there, or with what comes. @defaultValue "start" */
  readonly from?: "start" | "end";
  /** Most that a line may have, in bytes; a longer one is a bad line. @defaultValue 67108864, 64 MiB */
  readonly maxLineBytes?: number;
  /**
   * Most that a `.gz` may unpack to, in bytes. Memory is bounded anyway; this bounds the time, to
   * about a minute for each file at 300 MB/s. @defaultValue 17179869184, 16 GiB
   */
  readonly maxUncompressedBytes?: number;
  /**
   * How often following looks by itself, in milliseconds, for file systems that do not tell of
   * changes. @defaultValue 500
   */
  readonly pollMs?: number;
  /**
   * Hears how many bytes more of its files were read, for a progress bar against the sizes of
   * `files()`; of a packed file once, at its end.
   */
  readonly onRead?: (bytes: number) => void;
  /** Called once when following has given what was there, and waits for what comes. */
  readonly onCaughtUp?: () => void;
}

/** Reads what `fsSink` wrote. */
export interface FsSource extends Source {
  /** As `readAll`, in the arrays in which it is read: without a promise for each record. */
  batches(options?: ReadOptions): AsyncIterable<readonly (StepRecord | BadLine)[]>;
  /**
   * Gives the last records and bad lines, oldest first: read from the ends of files, those that
   * changed last first, and no further back than is needed. Of several files they come by time.
   *
   * @throws StepLogError as the iterations do
   */
  last(count: number, options?: LastOptions): Promise<readonly (StepRecord | BadLine)[]>;
  /**
   * Sums up what is there: gives what `summarize(source.readAll())`, or with `runId`
   * `summarize(source.read(runId))`, gives, where lines are short in less than half the
   * time. Does not follow.
   *
   * @throws StepLogError as the iterations do
   */
  summary(options?: SummaryOptions): Promise<Summary>;
  /**
   * Lists the files that reading reads, in that order; those that are put aside or packed meanwhile
   * are read under their new names.
   *
   * @throws StepLogError `NOT_FOUND`, `UNSAFE_FILE`, `READ_FAILED`
   */
  files(): Promise<readonly FsLogFile[]>;
}

/** Options of `FsSource.summary`. */
export interface SummaryOptions extends ReadOptions {
  /** Of this run only. @defaultValue all */
  readonly runId?: string;
}

/**
 * Reads the JSONL files of a location: of a file, with those of it that were put aside and those of
 * single processes, or of a folder. The same locations as those of `fsSink`.
 *
 * A reading gives what was there when it began, whatever writers do meanwhile. What several processes
 * wrote of one run into files of their own comes by time, then by step; a follower gives it as it
 * comes. Memory does not grow with the size of files. Offsets of bad lines in a `.gz` are those of
 * the unpacked bytes.
 *
 * The iterations throw StepLogError `NOT_FOUND`, `UNSAFE_FILE` or `READ_FAILED` for the location, and
 * `BAD_LINE` in the modes `"tail"` and `"strict"`.
 *
 * @throws TypeError for options that cannot be meant
 * @throws StepLogError `UNKNOWN_SCHEME`
 */
export function fsSource(location: string | URL, options: FsSourceOptions = {}): FsSource {
  const settings = withDefaults(options);
  const path = absolute(location);
  return {
    runs: (filter = {}, { signal } = {}) => runsOf(path, filter, { ...settings, signal }),
    read(runId, { signal } = {}) {
      const { items, leave } = reading(path, { ...settings, signal }, runId);
      return oneByOne(items, leave);
    },
    readAll({ signal } = {}) {
      const { items, leave } = reading(path, { ...settings, signal });
      return oneByOne(items, leave);
    },
    batches({ signal } = {}) {
      const { items, leave } = reading(path, { ...settings, signal });
      return oneByOne(alone(items), leave);
    },
    async last(count, options = {}) {
      const { lastItems } = await import("./engine.ts");
      return lastItems(path, count, {
        ...options,
        ...(settings.onRead && { onRead: settings.onRead }),
      });
    },
    async summary({ signal, runId } = {}) {
      const { summarizeLog } = await import("./engine.ts");
      return summarizeLog(path, { ...settings, signal }, runId);
    },
    async files() {
      const { fileSizes } = await import("./engine.ts");
      return fileSizes(path);
    },
  };
}

type Listeners = Pick<FsSourceOptions, "onRead" | "onCaughtUp">;
type Settings = Required<Omit<FsSourceOptions, keyof Listeners>> & Listeners;
type Items = AsyncGenerator<ReadItem[], void, void>;
type Engine = typeof import("./engine.ts");

function withDefaults(options: FsSourceOptions): Settings {
  const { mode = "salvage", follow = false, from = "start" } = options;
  const { maxLineBytes = DEFAULT_LIMITS.maxLineBytes, pollMs = 500 } = options;
  const {
    maxUncompressedBytes = DEFAULT_LIMITS.maxUncompressedBytes,
    onRead,
    onCaughtUp,
  } = options;
  if (!["salvage", "tail", "strict"].includes(mode)) {
    throw new TypeError(
      `fsSource: mode must be "salvage", "tail" or "strict", got ${String(mode)}`,
    );
  }
  if (!["start", "end"].includes(from)) {
    throw new TypeError(`fsSource: from must be "start" or "end", got ${String(from)}`);
  }
  for (const [name, value] of Object.entries({ maxLineBytes, maxUncompressedBytes, pollMs })) {
    if (typeof value === "number" && value > 0) continue;
    throw new TypeError(`fsSource: ${name} must be a number above 0, got ${String(value)}`);
  }
  const limits = { maxLineBytes, maxUncompressedBytes, pollMs };
  const listeners = { ...(onRead && { onRead }), ...(onCaughtUp && { onCaughtUp }) };
  return { mode, follow, from, ...limits, ...listeners };
}

/** Makes the location independent of a later `process.chdir`; an ending `/` is kept, it has a meaning. */
function absolute(location: string | URL): string {
  const text = String(location);
  const [, scheme] = /^([a-z][a-z\d+.-]+):/i.exec(text) ?? [];
  if (scheme?.toLowerCase() === "file") return text;
  if (scheme !== undefined && (location instanceof URL || text.includes("://"))) {
    const message = `fsSource reads files; for ${scheme}: open ${text} with openSource`;
    throw new StepLogError("UNKNOWN_SCHEME", message, { details: { location: text } });
  }
  return isAbsolute(text) ? text : join(process.cwd(), text);
}

type Options = Settings & { readonly signal: AbortSignal | undefined };

async function* runsOf(
  path: string,
  filter: RunFilter,
  options: Options,
): AsyncGenerator<RunRef, void, void> {
  options.signal?.throwIfAborted();
  const { listLogFiles, listRuns } = await import("./engine.ts");
  yield* listRuns(await listLogFiles(path), filter, options);
}

/** `leave` ends the waiting of one who follows. */
function reading(
  path: string,
  options: Options,
  runId?: string,
): { items: Items; leave?: () => void } {
  const { follow, signal } = options;
  if (!follow) {
    const items = lazily(({ readLog, readRun }) =>
      runId === undefined ? readLog(path, options) : readRun(path, runId, options),
    );
    return { items };
  }
  const left = new AbortController();
  const ended = signal === undefined ? left.signal : AbortSignal.any([signal, left.signal]);
  const ofRun =
    runId === undefined ? {} : { runId, wants: lineFilter(runId), stem: runFileName(runId) };
  const items = lazily(({ followLog }) => followLog(path, { ...options, ...ofRun, signal: ended }));
  return { items: unlessLeft(items, signal, left.signal), leave: () => left.abort() };
}

async function* lazily(read: (engine: Engine) => Items): Items {
  yield* read(await import("./engine.ts"));
}

async function* unlessLeft(
  items: Items,
  signal: AbortSignal | undefined,
  left: AbortSignal,
): Items {
  try {
    signal?.throwIfAborted();
    yield* items;
  } catch (error) {
    if (!left.aborted) throw error;
  }
  if (!left.aborted) signal?.throwIfAborted();
}

async function* alone<T>(batches: AsyncGenerator<T, void, void>): AsyncGenerator<[T], void, void> {
  for await (const batch of batches) yield [batch];
}
