import { formatBaggage } from "./baggage.ts";
import { carry, othersIn } from "./carried-context.ts";
import type { InjectOptions } from "./inject.ts";
import { RunContext } from "./run-context.ts";

/** Environment variables: `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Adds the run to environment variables, for a child process or a worker thread: gives a copy with
 * `STEP_LOG_RUN_ID`, `TRACEPARENT`, `TRACESTATE` and `BAGGAGE`. Those that were there told of the run
 * that began this process, and go; other members of `BAGGAGE` stay. Without a run it is a mere copy.
 */
export function injectEnv(
  env: Environment = process.env,
  { run = RunContext.current(), step }: InjectOptions = {},
): Record<string, string | undefined> {
  if (run === undefined) return { ...env };
  const { STEP_LOG_RUN_ID, TRACEPARENT, TRACESTATE, BAGGAGE, ...others } = env;
  const { traceparent, tracestate, own, baggage, runId } = carry(run, step);
  const all = formatBaggage([...own, ...baggage, ...othersIn(BAGGAGE)]);
  return {
    ...others,
    TRACEPARENT: traceparent,
    ...(tracestate !== undefined && { TRACESTATE: tracestate }),
    ...(all !== "" && { BAGGAGE: all }),
    ...(runId !== undefined && { STEP_LOG_RUN_ID: runId }),
  };
}
