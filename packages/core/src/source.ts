import type { StepRecord } from "./record.ts";

/** A line that is no record. */
export interface BadLine {
  readonly type: "bad_line";
  /** Where the line begins, in bytes from the start of its file or object. */
  readonly offset: number;
  /** Its length in bytes, without the line end. */
  readonly bytes: number;
  /** What is wrong with it, for a person. */
  readonly reason: string;
  /** The file or object that it stands in. */
  readonly location?: string;
}

/** A run that a source holds. */
export interface RunRef {
  readonly runId: string;
  /** File or object in which it was found. */
  readonly location?: string;
  /** Unix seconds of its first record that was read. */
  readonly startedAt?: number;
}

/** Which runs to list: those with at least one record of `since <= ts < until`. */
export interface RunFilter {
  /** From this time on, Unix seconds. */
  readonly since?: number;
  /** Before this time, Unix seconds. */
  readonly until?: number;
}

/** What reading takes. */
export interface ReadOptions {
  /** Ends the reading: the iteration throws the signal's reason. */
  readonly signal?: AbortSignal;
}

/** Reading, the other half of a `Sink`. */
export interface Source {
  /** Lists the runs. */
  runs(filter?: RunFilter, options?: ReadOptions): AsyncIterable<RunRef>;
  /** Reads one run in the order in which it was written; a bad line is passed on, never thrown. */
  read(runId: string, options?: ReadOptions): AsyncIterable<StepRecord | BadLine>;
  /** Reads everything, runs as they lie, in one pass. */
  readAll(options?: ReadOptions): AsyncIterable<StepRecord | BadLine>;
}
