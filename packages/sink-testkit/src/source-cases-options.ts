import type { Source } from "@step-log/core";
import type { CaseContext, SkippedCase } from "./conformance-case.ts";

/** What `sourceCases` takes. */
export interface SourceCasesOptions<S extends Source = Source> {
  /**
   * Makes a source whose store holds these lines, each with its `\n`, in this order. Only the cases
   * of the group "bad lines" have lines that are no records.
   */
  create(lines: readonly string[], context: CaseContext): S | Promise<S>;
  /**
   * How many files, sockets or the like the process has open, for the case of readings that are
   * broken off.
   */
  openHandles?(): number | Promise<number>;
  /** Cases that do not apply, each with the reason. */
  readonly skip?: readonly SkippedCase[];
  /** How long the source may take for any one reading, in milliseconds. Default: 20,000. */
  readonly timeoutMs?: number;
}
