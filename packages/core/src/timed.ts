/** How a call ended. */
export type Outcome<T> =
  | { readonly ok: true; readonly value: T; readonly durationMs: number }
  | { readonly ok: false; readonly error: unknown; readonly durationMs: number };

/**
 * Runs `fn`, tells `done` how it ended and how long it took, and gives back what `fn` gave: its
 * value, its promise's value, or what it threw. `done` must not throw.
 */
export function timed<T>(fn: () => T, done: (outcome: Outcome<Awaited<T>>) => void): T {
  const startedAt = performance.now();
  const fail = (error: unknown): never => {
    done({ ok: false, error, durationMs: performance.now() - startedAt });
    throw error;
  };
  const succeed = <V>(value: V): V => {
    done({ ok: true, value: value as Awaited<T>, durationMs: performance.now() - startedAt });
    return value;
  };
  let result: T;
  try {
    result = fn();
  } catch (error) {
    return fail(error);
  }
  // A promise derived from theirs, so that an unhandled rejection stays one.
  if (isThenable(result)) return Promise.resolve(result).then(succeed, fail) as T;
  return succeed(result);
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
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
