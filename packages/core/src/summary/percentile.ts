/**
 * Gives the value below which a fraction of sorted numbers lies, interpolated between the closest
 * ranks, as `quantile_cont` of SQL and the default of numpy do; `null` when there are none.
 *
 * @param sorted Ascending.
 * @param fraction From 0 to 1: 0.95 for p95.
 */
export function percentile(sorted: ArrayLike<number>, fraction: number): number | null {
  return percentileOf(sorted.length, fraction, (rank) => sorted[rank] ?? 0);
}

/** The same of `count` numbers that `valueAt` gives by their rank, 0 for the smallest. */
export function percentileOf(
  count: number,
  fraction: number,
  valueAt: (rank: number) => number,
): number | null {
  if (count === 0) return null;
  const position = (count - 1) * fraction;
  const rank = Math.floor(position);
  const low = valueAt(rank);
  if (rank === position) return low;
  const high = valueAt(rank + 1);
  // Rounding must not carry the result past its upper neighbour.
  return Math.min(low + (high - low) * (position - rank), high);
}
