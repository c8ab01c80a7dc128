import { createHash } from "node:crypto";

// Of any version or none, since a trace id that becomes a run id may be any 128 bits.
const UUID_SHAPE = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;
const TRACE_ID = /^[\da-f]{32}$/;
const ALL_ZERO = /^0+$/;

/**
 * The OpenTelemetry trace id of a run: 32 hex digits.
 *
 * Of a UUID these are its own 128 bits, so `runIdOf` leads back. Of any other id they are the first
 * 128 bits of the SHA-256 of its UTF-8, the same everywhere, from which nothing leads back.
 */
export function traceIdOf(runId: string): string {
  const digits = UUID_SHAPE.test(runId) ? runId.replaceAll("-", "").toLowerCase() : "0";
  return ALL_ZERO.test(digits) ? hash(runId).slice(0, 32) : digits;
}

/**
 * The OpenTelemetry span id of a run as a whole: 16 hex digits, the second half of its trace id. In a
 * UUID of version 7 these are the random ones.
 */
export function spanIdOf(runId: string): string {
  const half = traceIdOf(runId).slice(16);
  return ALL_ZERO.test(half) ? hash(runId).slice(16, 32) : half;
}

/**
 * The run id of a trace id, a UUID of the same 128 bits: `traceIdOf(runIdOf(traceId)) === traceId`. Of
 * what is no trace id, `undefined`.
 */
export function runIdOf(traceId: string): string | undefined {
  if (!isTraceId(traceId)) return undefined;
  return traceId.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** Tells whether a value is a trace id: 32 hex digits in lower case, not all of them zero. */
export function isTraceId(value: unknown): value is string {
  return typeof value === "string" && TRACE_ID.test(value) && !ALL_ZERO.test(value);
}

function hash(runId: string): string {
  return createHash("sha256").update(runId).digest("hex");
}
