import type { Sink } from "@step-log/core";

/** What is read of the second argument of a Lambda function. */
export interface LambdaContext {
  getRemainingTimeInMillis?(): number;
}

// What is left to the runtime to hand over the answer.
const RESERVE_MS = 500;

/**
 * Wraps a Lambda handler so that what it logged is stored before it answers: afterwards the process is
 * frozen, and perhaps never thawed. It waits as long as the invocation may last, less half a second.
 *
 * The handler's result and errors are passed on as they are; that not everything could be stored is told
 * by the sink's `onError` alone, and tried again in the next invocation.
 */
export function withS3Sink<Event, Context extends LambdaContext, Result>(
  sink: Pick<Sink, "flush">,
  handler: (event: Event, context: Context) => Promise<Result>,
): (event: Event, context: Context) => Promise<Result> {
  return async (event, context) => {
    try {
      return await handler(event, context);
    } finally {
      const left = context?.getRemainingTimeInMillis?.();
      const signal =
        left === undefined ? {} : { signal: AbortSignal.timeout(Math.max(0, left - RESERVE_MS)) };
      await sink.flush(signal).catch(() => {});
    }
  };
}
