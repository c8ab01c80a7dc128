import { type BaggageMember, baggageMembers, baggageOf, membersOf } from "./baggage.ts";
import { decodePercent, encodePercent } from "./percent.ts";
import type { RunContext } from "./run-context.ts";
import { runIdOf, spanIdOf, traceIdOf } from "./trace-id.ts";
import { formatTraceParent, parseTraceParent, type TraceParent } from "./traceparent.ts";

/** What comes from outside; each may be missing or hostile. */
export interface Incoming {
  readonly traceparent?: string | undefined;
  readonly tracestate?: string | undefined;
  readonly baggage?: string | undefined;
  readonly runId?: string | undefined;
}

/** What goes out. */
export interface Outgoing {
  readonly traceparent: string;
  readonly tracestate: string | undefined;
  /** What step-log itself says in the baggage. */
  readonly own: readonly BaggageMember[];
  readonly baggage: readonly BaggageMember[];
  readonly runId: string | undefined;
}

// In `baggage`, since services in between that know nothing of step-log pass that on.
const OWN = "step_log.";
const RUN_ID = "step_log.run_id";
const ROOT_RUN_ID = "step_log.root_run_id";
const DEPTH = "step_log.depth";
const STEP = "step_log.step";

// An id that is longer or has characters which nobody sees does not travel, and none such is taken in.
const MAX_RUN_ID_LENGTH = 256;
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;
const NUMBER = /^\d{1,9}$/;
// W3C Trace Context, section 3.3.1.5, asks for 512 characters at least.
const TRACE_STATE = /^[\x20-\x7e\t]{1,8192}$/;

/** What tells others of a run, and of the step of it that calls them. */
export function carry(context: RunContext, step: number | undefined): Outgoing {
  const { runId, rootRunId, depth, traceId, sampled, traceState, baggage } = context;
  const own = {
    ...(isPortable(runId) && { [RUN_ID]: runId }),
    ...(isPortable(rootRunId) && rootRunId !== runId && { [ROOT_RUN_ID]: rootRunId }),
    ...(depth > 0 && { [DEPTH]: String(depth) }),
    ...(step !== undefined && { [STEP]: String(step) }),
  };
  return {
    traceparent: formatTraceParent({ traceId, spanId: spanIdOf(runId), sampled }),
    tracestate: traceState,
    own: membersOf(own),
    baggage: membersOf(baggage).filter((member) => !isOwn(member)),
    runId: isPortable(runId) ? encodePercent(runId) : undefined,
  };
}

/** The members of a `baggage` header that are not step-log's. */
export function othersIn(header = ""): BaggageMember[] {
  return baggageMembers(header).filter((member) => !isOwn(member));
}

/** The run that texts from outside tell of, if they tell of any. Never throws. */
export function contextOf(incoming: Incoming): RunContext | undefined {
  const trace = parseTraceParent(incoming.traceparent ?? "");
  const members = baggageMembers(incoming.baggage ?? "");
  const own = baggageOf(members.filter(isOwn));
  // Of the caller itself, of the last service before it that records runs, of whoever began the trace.
  const named = [runIdFrom(incoming.runId), own[RUN_ID], trace && runIdOf(trace.traceId)];
  const runId = named.find(isPortable);
  if (runId === undefined) return undefined;
  const rootRunId = [own[ROOT_RUN_ID], own[RUN_ID]].find(isPortable) ?? rootOf(runId, trace);
  const step = own[RUN_ID] === runId ? numberFrom(own[STEP]) : undefined;
  const traceState = trace && TRACE_STATE.exec(incoming.tracestate ?? "")?.[0];
  return Object.freeze({
    runId,
    rootRunId,
    depth: numberFrom(own[DEPTH]) ?? 0,
    ...(step !== undefined && { step }),
    traceId: trace?.traceId ?? traceIdOf(rootRunId),
    sampled: trace?.sampled ?? true,
    ...(traceState !== undefined && { traceState }),
    baggage: Object.freeze(baggageOf(members.filter((member) => !isOwn(member)))),
    resume: true,
  });
}

/** The root where no baggage tells it: that of the trace, if the run itself sent the `traceparent`. */
function rootOf(runId: string, trace: TraceParent | undefined): string {
  const isSender = trace !== undefined && trace.spanId === spanIdOf(runId);
  if (!isSender || trace.traceId === traceIdOf(runId)) return runId;
  return runIdOf(trace.traceId) ?? runId;
}

function isOwn({ name }: BaggageMember): boolean {
  return name.startsWith(OWN);
}

function runIdFrom(text = ""): string | undefined {
  const encoded = text.trim();
  // Two headers are put together with a comma; then it is not known which to believe.
  return /[\s,]/.test(encoded) ? undefined : decodePercent(encoded);
}

function numberFrom(text = ""): number | undefined {
  return NUMBER.test(text) ? Number(text) : undefined;
}

function isPortable(runId: string | undefined): runId is string {
  if (runId === undefined || runId === "" || runId.length > MAX_RUN_ID_LENGTH) return false;
  return !UNSEEN.test(runId);
}
