import { formatBaggage } from "./baggage.ts";
import { carry, othersIn } from "./carried-context.ts";
import { type CarrierRecord, readCarrier } from "./carrier.ts";
import { RunContext } from "./run-context.ts";
import { parseTraceParent } from "./traceparent.ts";

/** Options of `inject` and `injectEnv`. */
export interface InjectOptions {
  /** Default: the current run. */
  readonly run?: RunContext | undefined;
  /** The step inside which the call is made; runs that it begins name it as their `parentStep`. */
  readonly step?: number | undefined;
}

/**
 * Adds the run to headers, to the metadata of a message, to `workerData`: gives a copy with
 * `traceparent`, `tracestate`, `baggage` and `x-run-id`. Without a run it gives the same again.
 *
 * A `traceparent` that is there stays, with its `tracestate`: it is of a tracer that is at work too.
 * Other members of `baggage` stay. Never throws.
 */
export function inject(): Record<string, string>;
export function inject<C extends Headers | CarrierRecord>(carrier: C, options?: InjectOptions): C;
export function inject(
  carrier: Headers | CarrierRecord = {},
  { run = RunContext.current(), step }: InjectOptions = {},
): Headers | CarrierRecord {
  if (run === undefined) return carrier;
  try {
    const { traceparent, tracestate, own, baggage, runId } = carry(run, step);
    const there = readCarrier(carrier);
    const traced = parseTraceParent(there.traceparent ?? "") !== undefined;
    return withFields(carrier, {
      ...(!traced && { traceparent, tracestate }),
      baggage: formatBaggage([...own, ...othersIn(there.baggage), ...baggage]) || undefined,
      "x-run-id": runId,
    });
  } catch {
    return carrier; // what a carrier does when it is looked at must not reach the agent
  }
}

function withFields(
  carrier: Headers | CarrierRecord,
  fields: Readonly<Record<string, string | undefined>>,
): Headers | CarrierRecord {
  if (isHeaders(carrier)) {
    const headers = new Headers(carrier);
    for (const [name, value] of Object.entries(fields)) {
      if (value === undefined) headers.delete(name);
      else headers.set(name, value);
    }
    return headers;
  }
  const kept = Object.entries(carrier).filter(
    ([name]) => !Object.hasOwn(fields, name.toLowerCase()),
  );
  const set = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries([...kept, ...set]);
}

function isHeaders(carrier: Headers | CarrierRecord): carrier is Headers {
  return typeof carrier["append"] === "function" && typeof carrier["set"] === "function";
}
