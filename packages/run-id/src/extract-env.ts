import { contextOf } from "./carried-context.ts";
import type { Environment } from "./inject-env.ts";
import type { RunContext } from "./run-context.ts";

/**
 * The run that environment variables tell of: the one that started this process. As with `extract`,
 * whatever is malformed counts as missing. Never throws.
 */
export function extractEnv(env?: Environment): RunContext | undefined {
  try {
    const { STEP_LOG_RUN_ID, TRACEPARENT, TRACESTATE, BAGGAGE } = env ?? process.env;
    return contextOf({
      traceparent: TRACEPARENT,
      tracestate: TRACESTATE,
      baggage: BAGGAGE,
      runId: STEP_LOG_RUN_ID,
    });
  } catch {
    return undefined; // Deno without the permission to read the environment
  }
}
