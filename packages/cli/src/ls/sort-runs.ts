import { usdOf } from "../stats/call-sums.ts";
import type { RunRow } from "../stats/run-rows.ts";
import type { SortKey } from "./sort-key.ts";

const FIGURES: Readonly<Record<SortKey, (row: RunRow) => number | null>> = {
  began: ({ sums }) => sums.begin,
  duration: ({ durationMs }) => durationMs,
  steps: ({ steps }) => steps,
  errors: ({ errors }) => errors,
  tokens: ({ sums }) => sums.llm.tokens.input + sums.llm.tokens.output,
  cost: ({ sums }) => usdOf(sums.llm),
};

/** Sorts runs, the highest first, those of which it is not known last. */
export function sortRuns(
  rows: readonly RunRow[],
  key: SortKey,
  reverse = false,
): readonly RunRow[] {
  const figureOf = FIGURES[key];
  const sign = reverse ? -1 : 1;
  const keyed = rows.map((row) => ({ row, value: figureOf(row) }));
  keyed.sort((a, b) => {
    if (a.value === null || b.value === null)
      return Number(a.value === null) - Number(b.value === null);
    return sign * (b.value - a.value) || (a.row.runId < b.row.runId ? -1 : 1);
  });
  return keyed.map(({ row }) => row);
}
