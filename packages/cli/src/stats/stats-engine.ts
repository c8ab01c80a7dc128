import type { Log } from "../locations/log.ts";
import type { LogTally, TallyQuestion } from "./log-tally.ts";

/** Sums logs up for `stats`, `ls` and `cost`. */
export interface StatsEngine {
  /** Sums up all that is in the logs. Rejects with the signal's reason when it is aborted. */
  tally(logs: readonly Log[], question: TallyQuestion, options: TallyOptions): Promise<LogTally>;
}

/** How a tally is made. */
export interface TallyOptions {
  readonly signal: AbortSignal;
  /** How many threads to use. @defaultValue as many as the processor runs at once, fewer for little */
  readonly threads?: number | undefined;
  /** Hears how large the files are, in bytes, before the first is read. */
  readonly onTotal?: (bytes: number) => void;
  /** Hears how much more of the files was read, in bytes. Logs that are no files tell it themselves. */
  readonly onRead?: (bytes: number) => void;
}
