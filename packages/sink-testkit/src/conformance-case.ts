/** One check, for any test runner. */
export interface ConformanceCase {
  readonly group: string;
  /** A sentence, unique among all cases; `skip` refers to a case by it. */
  readonly name: string;
  /** Why the case does not apply; absent when it does. */
  readonly skip?: string;
  /** Runs the check on a store of its own; rejects when it does not hold. */
  run(): Promise<void>;
}

/** What a case tells its `create`, `read` and faults. */
export interface CaseContext {
  /**
   * Names the store of this case: `order-1`. Safe as a file name, a key and a URL segment, and used
   * once in the life of the process.
   */
  readonly id: string;
  /** Has `task` called when the case is over, whether it held or not; the last one added runs first. */
  onCleanup(task: () => void | Promise<void>): void;
}

/** A case that does not apply, and why. */
export interface SkippedCase {
  /** The name of the case. */
  readonly case: string;
  readonly reason: string;
}
