/**
 * Every code that a `StepLogError` can have; `docs/errors.md` says what each means and what to do.
 */
export const STEP_LOG_ERROR_CODES = [
  "ABORTED",
  "BAD_LINE",
  "BAD_LOCATION",
  "BUDGET_EXCEEDED",
  "CALLBACK_FAILED",
  "CLOSED",
  "FILE_CHANGED",
  "KEY_TAKEN",
  "LOCK_BUSY",
  "LOCK_LOST",
  "MISSING_PACKAGE",
  "NOT_FOUND",
  "QUEUE_FULL",
  "READ_FAILED",
  "RECORD_FAILED",
  "REPLAY_DIVERGED",
  "SINK_FAILED",
  "SPOOL_FAILED",
  "STALLED",
  "STORE_REFUSED",
  "SYNC_FAILED",
  "UNKNOWN_FORMAT",
  "UNKNOWN_SCHEME",
  "UNPRICED",
  "UNSAFE_FILE",
  "WRITE_FAILED",
] as const;

/** What went wrong, for a program. Codes are stable, messages are not. */
export type StepLogErrorCode = (typeof STEP_LOG_ERROR_CODES)[number];

/** What a `StepLogError` is made of. */
export interface StepLogErrorOptions {
  readonly cause?: unknown;
  /** Records that are gone. */
  readonly lost?: number;
  /** Records that are not yet written, and may still be. */
  readonly pending?: number;
  /** What else is known: the file, the key, the size. */
  readonly details?: Readonly<Record<string, unknown>>;
}

// Found through the registry of symbols, so that an error of another copy of this package is known.
const BRAND = Symbol.for("step-log.error");

/** The one error class of step-log. */
export class StepLogError extends Error {
  override readonly name: string = "StepLogError";
  readonly code: StepLogErrorCode;
  readonly lost: number;
  readonly pending: number;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: StepLogErrorCode, message: string, options: StepLogErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.lost = options.lost ?? 0;
    this.pending = options.pending ?? 0;
    this.details = options.details ?? {};
    Object.defineProperty(this, BRAND, { value: true });
  }
}

/** The error of a sink whose `write` broke its promise not to throw. */
export function sinkThrew(name: string, cause: unknown): StepLogError {
  return new StepLogError("SINK_FAILED", `sink ${name} threw; a sink must not`, { cause, lost: 1 });
}

/** Tells a `StepLogError` from other errors, also one of another copy of this package. */
export function isStepLogError(value: unknown): value is StepLogError {
  try {
    return typeof value === "object" && value !== null && BRAND in value;
  } catch {
    return false; // a proxy that refuses to be looked at
  }
}
