import type { StepLogError } from "./errors.ts";
import type { StepRecord } from "./record.ts";

/**
 * One record on its way to a store. `record`, `line` and `bytes` are made when they are first read, so
 * read them by name; `{ ...entry }` has none of them.
 */
export interface Entry {
  readonly runId: string;
  readonly step: number;
  /** The record; do not change it, other sinks get the same object. */
  readonly record: StepRecord;
  /** The record as it is stored: one line of JSON with its `\n`. Lines put together make a JSONL file. */
  readonly line: string;
  /**
   * The line in UTF-8, where the log has it so already, which spares a sink of bytes the encoding. A
   * part of a larger buffer: to keep it for long, copy it.
   */
  readonly bytes?: Uint8Array;
}

/** How a sink stands. Counts are since it was made. */
export interface SinkStats {
  /** Entries that are as safe as the sink promises. */
  readonly written: number;
  /** Entries taken and not yet written. */
  readonly pending: number;
  /** Their size in bytes. */
  readonly pendingBytes: number;
  /** Entries that were lost. */
  readonly dropped: number;
}

/** What `flush` and `close` take. */
export interface FlushOptions {
  /** Stops the waiting, not the writing: the promise rejects with code `ABORTED`. */
  readonly signal?: AbortSignal;
}

/**
 * Where entries go: a file, a bucket, memory, another sink.
 *
 * One sink serves any number of runs at once. It keeps the order of the entries of a run, loses
 * none that it took without counting it, and does not keep the process alive while it is idle.
 * Check your own with `@step-log/sink-testkit`.
 */
export interface Sink {
  /** Short name for messages, such as `fs`. */
  readonly name: string;
  /** Takes one entry. Must neither throw nor block; after `close` it counts the entry as dropped. */
  write(entry: Entry): void;
  /**
   * Resolves when all entries written before the call are as safe as the sink promises.
   *
   * @throws StepLogError with `lost` and `pending` when some are not: lost since the last `flush`,
   * still waiting when the signal was aborted.
   */
  flush(options?: FlushOptions): Promise<void>;
  /** Flushes and lets go of what the sink holds. Calling it again gives the same result. */
  close(options?: FlushOptions): Promise<void>;
  /** What can still be written when no event loop is left, at the exit of the process. */
  flushSync?(): void;
  /** Counts; with a run's id, `dropped` is of that run alone. */
  stats?(runId?: string): SinkStats;
  /**
   * Tells `listener` of every problem as it happens, until the returned function is called. While
   * nobody listens, the sink itself warns on stderr, once for each code.
   */
  onError?(listener: (error: StepLogError) => void): () => void;
  /** The highest step that the store holds of a run, where that can be told at once; for `resume`. */
  lastStep?(runId: string): number | undefined;
}
