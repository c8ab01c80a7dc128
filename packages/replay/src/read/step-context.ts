import type { ReplayStep } from "../run/replay-step.ts";
import type { StepTotals } from "../run/running-totals.ts";
import type { WireRequestBody } from "./wire-messages.ts";

/** What an agent had done, spent and seen when a step began. */
export interface StepContext {
  readonly step: ReplayStep;
  /** What the steps that had ended by then came to. */
  readonly totals: StepTotals;
  /** How many calls of each tool had ended. */
  readonly toolCalls: ReadonlyMap<string, number>;
  /** Milliseconds since the run began. */
  readonly elapsedMs: number;
  /** The steps that had ended by then, in the order in which they did. */
  readonly finished: () => readonly ReplayStep[];
  /** The steps that were under way: those around this one, and those beside it. */
  readonly running: readonly ReplayStep[];
  /** The steps around this one, innermost first. */
  readonly inside: readonly ReplayStep[];
  /** The last step that had failed, `null` where none had. */
  readonly lastError: ReplayStep | null;
  /**
   * What the model was sent in this step, or in the last one of a model before it; `null` where no
   * exchange was recorded. `@step-log/tap` records them.
   */
  readonly request: WireRequestBody | null;
}
