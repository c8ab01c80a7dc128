import type { SinkBench } from "../../sink-bench.ts";
import type { OptionalMember } from "../../sink-cases-options.ts";

/** What a case may need beyond `create` and `read`. */
export type SinkCaseNeed = "faults" | "escaped" | OptionalMember;

/** One case of a group; each file of this folder is a group. */
export interface SinkCase {
  readonly name: string;
  /** Without all of these the case is skipped. */
  readonly needs?: readonly SinkCaseNeed[];
  run(bench: SinkBench): Promise<void>;
}
