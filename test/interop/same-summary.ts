import { expect } from "vitest";
import { type Json, type Summary, summaryToWire } from "../../packages/core/src/index.ts";

// In milliseconds: a double holds Unix seconds to a quarter of a microsecond, and both round.
const TIME_TOLERANCE_MS = 0.003;
const TIMES: Readonly<Record<string, number>> = {
  started_at: TIME_TOLERANCE_MS / 1e3,
  ended_at: TIME_TOLERANCE_MS / 1e3,
  duration_ms: TIME_TOLERANCE_MS,
};
// Of sums and interpolations that add up in another order.
const RELATIVE_TOLERANCE = 1e-12;
const COMPUTED: ReadonlySet<string> = new Set(["p50", "p95", "p99", "mean"]);

/** Expects what Python summed up to be the summary: counts and names exactly, times as far as they go. */
export function expectSameSummary(python: Json, summary: Summary): void {
  const ours = summaryToWire(summary);
  expect(aligned(python, ours, "")).toEqual(aligned(ours, ours, ""));
}

/** `value`, with the number of `like` in place of each that is as good as equal to it. */
function aligned(value: Json | undefined, like: Json | undefined, key: string): Json | undefined {
  if (typeof value === "number" && typeof like === "number") {
    const relative = COMPUTED.has(key) ? Math.abs(like) * RELATIVE_TOLERANCE : 0;
    return Math.abs(value - like) <= (TIMES[key] ?? relative) ? like : value;
  }
  if (!isObject(value)) return value;
  const inner = isObject(like) ? like : {};
  // Entries, as a tool may be called __proto__.
  return Object.entries(value)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, item]) => [name, aligned(item, inner[name], name) ?? null]);
}

function isObject(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === "object" && value !== null;
}
