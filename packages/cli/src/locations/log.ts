import type { ReadOptions, Source } from "@step-log/core";
import type { LogItem } from "./log-item.ts";

/** What a command reads: a location, or several as one. */
export interface Log extends Source {
  /** As the user named it: `./logs`, `3 locations`. */
  readonly name: string;
  /** Where its files are, if they are step-log's own, for reading them in parts. */
  readonly path?: string;
  /** The size of its files in bytes, packed ones as they are; `null` where it is not known. */
  size(): Promise<number | null>;
  /** As `readAll`, in arrays: without a promise for each record. */
  batches(options?: ReadOptions): AsyncIterable<readonly LogItem[]>;
}
