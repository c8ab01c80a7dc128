import type { FormatOptions } from "../output/format.ts";

/** Options of `step-log prune`. */
export interface PruneOptions extends FormatOptions {
  readonly olderThan?: string;
  readonly keep?: number;
  readonly maxSize?: string;
  readonly status?: string;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}
