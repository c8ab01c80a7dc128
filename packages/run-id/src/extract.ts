import { contextOf } from "./carried-context.ts";
import { type Carrier, readCarrier } from "./carrier.ts";
import type { RunContext } from "./run-context.ts";

/**
 * The run that headers, metadata or `workerData` tell of, as `inject` and other tracers write them:
 * the caller's own. Give it as `parent` to `RunContext.start` for a run of one's own, or to
 * `RunContext.run` to go on with the caller's.
 *
 * Where several tell, `x-run-id` goes before `baggage`, and that before `traceparent`. Whatever is
 * malformed counts as missing; where nothing is left, `undefined`. Never throws.
 */
export function extract(carrier: Carrier): RunContext | undefined {
  try {
    return contextOf(readCarrier(carrier));
  } catch {
    return undefined; // a getter or an iterator that throws
  }
}
