const { hrtime } = process;

/**
 * Milliseconds of a clock that nobody sets. Takes half the time of `performance.now()`, and does not have
 * Node load `performance`, which takes 0.8 ms of the first record.
 */
export function clockMs(): number {
  const [seconds, nanoseconds] = hrtime();
  return seconds * 1e3 + nanoseconds / 1e6;
}
