import type { SourceBench } from "../../source-bench.ts";

/** One case of a group; each file of this folder is a group. */
export interface SourceCase {
  readonly name: string;
  /** Without it the case is skipped. */
  readonly needs?: "openHandles";
  run(bench: SourceBench): Promise<void>;
}
