import { type Baggage, isBaggageName } from "./baggage.ts";
import type { RunContext } from "./run-context.ts";
import { isTraceId } from "./trace-id.ts";

/** Options of `RunContext.start`. */
export interface StartOptions {
  /** Default: a new one, `newRunId()`. */
  readonly runId?: string;
  /** Which run begins this one. Default: the current one; `null`: none. */
  readonly parent?: RunContext | null | undefined;
  /** The step of the parent inside which this run begins. Default: the one that made the call, if told. */
  readonly parentStep?: number | undefined;
  /**
   * Whether the run was begun elsewhere: by a log that is older than the context, by another process.
   * Logs inside go on with it then, without a header. @defaultValue false
   */
  readonly resume?: boolean;
  /** 32 hex digits. Default: the parent's, else `traceIdOf(runId)`. */
  readonly traceId?: string;
  /** What `traceparent` tells tracers. Default: the parent's, else true. */
  readonly sampled?: boolean;
  /** Added to the parent's; what passes 8,192 bytes in all is not sent on. */
  readonly baggage?: Baggage;
}

/** Throws a `TypeError` for options that cannot be meant. */
export function checkStartOptions(options: StartOptions): void {
  const { runId = "r", parent, parentStep = 0, resume = false, sampled = true } = options;
  const { traceId, baggage = {} } = options;
  expect(typeof runId === "string" && runId !== "", "runId", "a text that is not empty", runId);
  const isContext = parent === null || parent === undefined || typeof parent.runId === "string";
  expect(isContext, "parent", "a RunContext or null", parent);
  const isStep = Number.isSafeInteger(parentStep) && parentStep >= 0;
  expect(isStep, "parentStep", "a whole number from 0", parentStep);
  expect(typeof resume === "boolean", "resume", "a boolean", resume);
  expect(typeof sampled === "boolean", "sampled", "a boolean", sampled);
  const isTrace = traceId === undefined || isTraceId(traceId);
  expect(isTrace, "traceId", "32 hex digits in lower case, not all zero", traceId);
  expect(typeof baggage === "object" && baggage !== null, "baggage", "an object", baggage);
  for (const [name, value] of Object.entries(baggage)) {
    expect(isBaggageName(name), "baggage", "named by tokens, such as tenant-id", name);
    expect(typeof value === "string", `baggage.${name}`, "a string", value);
  }
}

function expect(right: boolean, option: string, expected: string, got: unknown): void {
  if (right) return;
  const value = Object(got) === got ? "" : ` ${String(got).slice(0, 80)}`;
  throw new TypeError(`RunContext.start: ${option} must be ${expected}, got ${typeof got}${value}`);
}
