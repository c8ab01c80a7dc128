import { setTimeout as sleep } from "node:timers/promises";
import { isStepLogError, StepLogError, type StepLogErrorCode } from "@step-log/core";
import { classifyError, failureFacts } from "../store/classify-error.ts";
import { timed } from "../store/timed.ts";
import { backoffMs } from "../write/backoff.ts";

/** How requests are made. */
export interface RequestOptions {
  /** Longest that one try may take, in milliseconds. */
  readonly requestTimeoutMs: number;
  /** How long to try again, in milliseconds. */
  readonly retryForMs: number;
  readonly signal: AbortSignal;
}

/**
 * Makes a request until it is answered: busy and unreachable stores, answers that break off.
 *
 * @param what For messages: `reading logs/dt=…`.
 * @throws StepLogError of the code; the signal's reason.
 */
export async function retried<T>(
  what: string,
  options: RequestOptions,
  work: (signal: AbortSignal) => Promise<T>,
  code: StepLogErrorCode = "READ_FAILED",
): Promise<T> {
  const { signal, requestTimeoutMs, retryForMs } = options;
  const begun = performance.now();
  for (let failures = 1; ; failures++) {
    signal.throwIfAborted();
    try {
      return await timed(requestTimeoutMs, work, signal);
    } catch (error) {
      signal.throwIfAborted();
      const elapsed = performance.now() - begun;
      if (!isWorthAnotherTry(error) || elapsed > retryForMs) {
        throw toLogError(code, what, error, failures);
      }
      const { retryAfterMs = 0 } = error as { readonly retryAfterMs?: number };
      const pause = Math.max(backoffMs(failures, elapsed), retryAfterMs);
      await sleep(pause, undefined, { signal }).catch(() => signal.throwIfAborted());
    }
  }
}

/** Whether an object is not there, as opposed to its bucket. */
export function isMissing(error: unknown): boolean {
  const { status, code } = failureFacts(causeOf(error));
  return status === 404 && code !== "NoSuchBucket";
}

function isWorthAnotherTry(error: unknown): boolean {
  const verdict = classifyError(error);
  return verdict === "busy" || verdict === "retry";
}

function toLogError(code: StepLogErrorCode, what: string, cause: unknown, tries: number): unknown {
  if (isStepLogError(cause)) return cause;
  const facts = failureFacts(cause);
  const why = cause instanceof Error ? cause.message : String(cause);
  const message = `s3: ${what} failed after ${tries} ${tries === 1 ? "try" : "tries"}: ${why}`;
  return new StepLogError(code, message, { cause, details: { ...facts } });
}

function causeOf(error: unknown): unknown {
  return isStepLogError(error) ? error.cause : error;
}
