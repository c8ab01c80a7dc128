import type { StoredLine } from "./stored-line.ts";

/** What the store itself says was lost of each run, by its `log_dropped` records. */
export function lossesOf(stored: readonly StoredLine[]): Map<string, number> {
  const losses = new Map<string, number>();
  for (const { runId, record } of stored) {
    if (record.type !== "log_dropped") continue;
    losses.set(runId, (losses.get(runId) ?? 0) + record.count);
  }
  return losses;
}

/** The stored lines that somebody wrote. */
export function withoutLossRecords(stored: readonly StoredLine[]): StoredLine[] {
  return stored.filter(({ record }) => record.type !== "log_dropped");
}
