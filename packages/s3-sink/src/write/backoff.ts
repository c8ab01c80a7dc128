// https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/, "full jitter".
const FIRST_MS = 100;
const LONGEST_MS = 30_000;
// Of an outage that lasts, so that no more than this is added to it: 60 s away, 6 s at most to notice.
const SHARE_OF_OUTAGE = 0.1;
const LEAST_CAP_MS = 1_000;

/**
 * How long to wait after so many failures in a row, in milliseconds: at random, from 0 to a bound that
 * doubles from 100 ms on, up to a tenth of the time that the failures have lasted, from 1 to 30 s.
 *
 * @param failures From 1.
 */
export function backoffMs(
  failures: number,
  failingForMs: number,
  random: () => number = Math.random,
): number {
  const cap = Math.min(LONGEST_MS, Math.max(LEAST_CAP_MS, failingForMs * SHARE_OF_OUTAGE));
  return random() * Math.min(cap, FIRST_MS * 2 ** (failures - 1));
}
