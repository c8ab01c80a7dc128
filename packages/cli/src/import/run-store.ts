import type { ImportMemory } from "./import-memory.ts";
import type { StagedRun } from "./staged-runs.ts";

/**
 * What became of a run:
 *
 * - `"new"`: it was not there.
 * - `"grown"`: what was there is how it begins; the rest was added.
 * - `"replaced"`: what was there differed, and held no more.
 * - `"unchanged"`: it was there, the very same.
 * - `"kept"`: what was there holds more, or is not an import; it was left as it is.
 */
export type Outcome = "new" | "grown" | "replaced" | "unchanged" | "kept";

export const OUTCOMES: readonly Outcome[] = ["new", "grown", "replaced", "unchanged", "kept"];

/** Where imported runs go. */
export interface RunStore {
  /** As the user is told of it. */
  readonly name: string;
  /** The folder in which runs wait until they are whole. */
  readonly stagingParent: string;
  /** What to do about runs that were kept, for the user. */
  readonly keptHint: string;
  /** Puts a run in its place, unless it is there. */
  settle(run: StagedRun): Promise<Outcome>;
  /** What is known of earlier imports into it; none where it cannot tell. */
  readonly memory?: ImportMemory;
  /** All that was settled is there, as safe as the place promises. */
  close(): Promise<void>;
}
