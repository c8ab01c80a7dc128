import { attempt } from "./attempt.ts";

/** The run that the current code is part of. */
export interface AmbientRun {
  readonly runId: string;
  readonly parentRunId?: string;
  readonly rootRunId?: string;
  /** The step of the parent inside which the run began. */
  readonly parentStep?: number;
  /**
   * Each log that takes the run up calls it, once. True when the run has a log already: then this one
   * is a further writer, as with `resume`. Default: every log is the run's first.
   */
  readonly join?: () => boolean;
}

// On globalThis under a registered symbol, so that several copies of this package share one.
const PROVIDER = Symbol.for("step-log.run-context");

/**
 * Says how to find the run that the current code is part of, so that `new StepLog({ sink })` picks
 * it up. `@step-log/run-id` calls this; `undefined` takes it back.
 */
export function provideRunContext(provider: (() => AmbientRun | undefined) | undefined): void {
  Reflect.set(globalThis, PROVIDER, provider);
}

/** The run that the current code is part of, if a provider is set and knows one; never throws. */
export function currentRun(): AmbientRun | undefined {
  return attempt(() => {
    const run: AmbientRun | undefined = Reflect.get(globalThis, PROVIDER)?.();
    return typeof run?.runId === "string" && run.runId !== "" ? { ...run } : undefined;
  });
}
