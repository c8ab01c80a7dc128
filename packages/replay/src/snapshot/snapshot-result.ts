import type { Comparable } from "../diff/comparable.ts";
import { compareSteps, type StepPair } from "../diff/compare-steps.ts";
import { differenceLines } from "../diff/format-diff.ts";
import type { Snapshot } from "./snapshot.ts";

/**
 * How a run stands to its snapshot, the worst that is true of it:
 *
 * - `regression`: it failed, did not end, or a step failed that had not
 * - `tools_changed`: tools were called more or less often, or were given something else
 * - `tools_reordered`: the same calls of tools, in another order
 * - `output_drift`: the tools were called alike; what they gave, models or events differ
 * - `passed`: all the same
 */
export type SnapshotStatus =
  | "passed"
  | "output_drift"
  | "tools_reordered"
  | "tools_changed"
  | "regression";

/** What came of holding a run against its snapshot. */
export interface SnapshotResult {
  readonly status: SnapshotStatus;
  /** Where the snapshot is. */
  readonly path: string;
  /** Whether it was written, since there was none or it was to be updated. */
  readonly written: boolean;
  /** What differs, a line each, safe to print; none where nothing does. */
  readonly lines: readonly string[];
}

/** Holds a run against its snapshot. */
export function compareSnapshots(
  before: Snapshot,
  now: Snapshot,
  isIgnored: (path: string) => boolean,
): Pick<SnapshotResult, "status" | "lines"> {
  const pairs = compareSteps(before.steps, now.steps, isIgnored);
  const rows = pairs.map((pair) => ({
    ...pair,
    a: before.steps[pair.a] ?? null,
    b: now.steps[pair.b] ?? null,
  }));
  const isSameEnd = before.status === now.status;
  const end = `~ status: ${before.status ?? "not ended"} -> ${now.status ?? "not ended"}`;
  const hasFailed = !isSameEnd && (now.status === "error" || now.status === null);
  const status =
    hasFailed || rows.some(isRegression)
      ? "regression"
      : (worst(rows) ?? (isSameEnd ? "passed" : "output_drift"));
  return { status, lines: [...(isSameEnd ? [] : [end]), ...differenceLines(rows)] };
}

type Row = Omit<StepPair, "a" | "b"> & {
  readonly a: Comparable | null;
  readonly b: Comparable | null;
};

function isRegression({ a, b }: Row): boolean {
  return b !== null && b.state !== "done" && (a === null || a.state === "done");
}

function worst(rows: readonly Row[]): SnapshotStatus | undefined {
  const tools = rows.filter(({ a, b }) => (a ?? b)?.type === "tool_call");
  const isOtherCall = ({ kind, changes }: Row) =>
    kind === "added" ||
    kind === "dropped" ||
    changes.some(({ path }) => /^\/input(\/|$)/.test(path));
  if (tools.some(isOtherCall)) return "tools_changed";
  if (tools.some(({ kind }) => kind === "moved")) return "tools_reordered";
  return rows.some(({ kind }) => kind !== "same") ? "output_drift" : undefined;
}
