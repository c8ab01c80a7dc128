import { attempt } from "./attempt.ts";
import { StepLogError } from "./errors.ts";

/**
 * Waits for `work`, but no longer than the signal allows; the work itself goes on.
 *
 * @throws StepLogError `ABORTED`, with `pending()` as `pending`, when the signal was aborted first.
 */
export async function waitFor<T>(
  work: Promise<T>,
  signal: AbortSignal | undefined,
  pending: () => number,
): Promise<T> {
  if (signal === undefined) return work;
  let stop: () => void = () => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = () => {
      const count = attempt(pending) ?? 0; // a listener of a signal must not throw
      const message = `stopped waiting with ${count} records not yet written`;
      reject(new StepLogError("ABORTED", message, { cause: signal.reason, pending: count }));
    };
  });
  if (signal.aborted) stop();
  else signal.addEventListener("abort", stop, { once: true });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
