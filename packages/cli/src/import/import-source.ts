import type { ImportOptions } from "@step-log/convert";
import type { LogItem } from "../locations/log-item.ts";

/** One thing to import: a file of another tool, a log of step-log's, what is piped in. */
export interface ImportSource {
  /** As the user is told of it. */
  readonly name: string;
  /** Its size, packed as it is; `null` where it is not known. */
  readonly bytes: number | null;
  /** The file that it is, where it is one, and when that changed last. */
  readonly file?: { readonly path: string; readonly changedMs: number };
  /** Whether the user named it, so that it must be a log; in a folder there may be others. */
  readonly isNamed: boolean;
  /** Reads it, once. */
  open(options: ImportOptions): OpenedSource;
}

/** A source that is read. */
export interface OpenedSource {
  /** @throws StepLogError where nothing of it can be read, or it is of no known format */
  batches(): AsyncIterable<readonly LogItem[]>;
  /** The format that its content has, once it was read. */
  format(): string | undefined;
}
