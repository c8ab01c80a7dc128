import type { CostFunction } from "@step-log/replay";
import type { Log } from "../locations/log.ts";

/** What is shown first. */
export interface SessionStart {
  /** The run whose steps are; without one the list of runs is. */
  readonly runId: string | undefined;
  /** Whether there is no other, so that there is no list to go back to. */
  readonly isOnly: boolean;
}

/** What a session is given. */
export interface SessionOptions {
  readonly log: Log;
  /** Opens the same log to follow it; throws where that cannot be. */
  readonly openToFollow: () => Promise<Log>;
  readonly start: SessionStart;
  readonly isFollowing: boolean;
  readonly costOf: CostFunction;
}
