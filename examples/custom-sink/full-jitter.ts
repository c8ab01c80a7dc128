// Long enough for an endpoint to recover, short enough that a log is not minutes behind.
const MAX_DELAY_MS = 30_000;

/**
 * How long to wait before a retry, in milliseconds: anything from 0 up to a limit that doubles.
 *
 * All of it is chance, so that clients which failed together do not come back together.
 */
export function fullJitter(
  attempt: number,
  firstMs: number,
  random: () => number = Math.random,
): number {
  return random() * Math.min(MAX_DELAY_MS, firstMs * 2 ** attempt);
}
