import { clockMs } from "./host.ts";

/** How a call ended. */
export type Outcome<T> =
  | { readonly ok: true; readonly value: T; readonly durationMs: number }
  | { readonly ok: false; readonly error: unknown; readonly durationMs: number };

/**
 * Runs `fn`, tells `done` how it ended and how long it took, and gives back what `fn` gave: its
 * value, a promise for what it promised, or what it threw. `done` must not throw.
 */
export function timed<T>(
  fn: () => PromiseLike<T> | T,
  done: (outcome: Outcome<T>) => void,
): Promise<T> | T {
  const startedAt = clockMs();
  const fail = (error: unknown): never => {
    done({ ok: false, error, durationMs: clockMs() - startedAt });
    throw error;
  };
  const succeed = (value: T): T => {
    done({ ok: true, value, durationMs: clockMs() - startedAt });
    return value;
  };
  let result: PromiseLike<T> | T;
  try {
    result = fn();
  } catch (error) {
    return fail(error);
  }
  // A promise derived from theirs, so that an unhandled rejection stays one.
  if (isThenable(result)) return Promise.resolve(result).then(succeed, fail);
  return succeed(result);
}

function isThenable<T>(value: PromiseLike<T> | T): value is PromiseLike<T> {
  try {
    return (
      (typeof value === "object" || typeof value === "function") &&
      value !== null &&
      typeof Reflect.get(value, "then") === "function"
    );
  } catch {
    return false;
  }
}
