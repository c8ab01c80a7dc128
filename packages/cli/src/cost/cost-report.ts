import type { Json } from "@step-log/core";
import { PRICE_LIST } from "@step-log/usage";
import { OTHER } from "../stats/bounded-map.ts";
import { type CallSums, callSums, mergeSums, savedOf, usdOf } from "../stats/call-sums.ts";
import type { CostDimension } from "../stats/dimensions.ts";
import type { LogTally } from "../stats/log-tally.ts";
import { runGroups } from "../stats/run-groups.ts";
import { runRows } from "../stats/run-rows.ts";
import { keyed, usageJson } from "../stats/stats-json.ts";

/** What the calls under one name cost. */
export interface NamedCost {
  readonly name: string;
  readonly sums: CallSums;
}

/** What `step-log cost` tells. */
export interface CostReport {
  readonly total: CallSums;
  readonly by: Readonly<Record<CostDimension, readonly NamedCost[]>>;
  /** Calls without a price, by why. */
  readonly unpricedReasons: readonly (readonly [reason: string, calls: number])[];
  readonly timeZone: string;
}

/** Makes the report of a tally. */
export function costReport(tally: LogTally, timeZone: string): CostReport {
  const rows = runRows(tally);
  const total = callSums();
  for (const { sums } of tally.models.values()) mergeSums(total, sums);
  const byGroup = (groups: ReturnType<typeof runGroups>) =>
    dearestFirst(groups.map(({ name, llm }) => ({ name, sums: llm })));
  return {
    total,
    by: {
      model: dearestFirst([...tally.models].map(([name, { sums }]) => ({ name, sums }))),
      run: dearestFirst([...tally.runs].map(([name, { llm }]) => ({ name, sums: llm }))),
      day: [...tally.days]
        .map(([name, { llm }]) => ({ name, sums: llm }))
        .filter(({ sums }) => sums.calls > 0)
        .sort((a, b) => (a.name < b.name ? -1 : 1)),
      provider: dearestFirst([...tally.providers].map(([name, sums]) => ({ name, sums }))),
      task_type: byGroup(runGroups(rows, ({ taskType }) => taskType)),
      agent: byGroup(runGroups(rows, ({ sums }) => sums.agent)),
    },
    unpricedReasons: [...tally.unpricedReasons].sort((a, b) => b[1] - a[1]),
    timeZone,
  };
}

/** The report as `--json` has it: `{"total_usd":…,"unpriced_calls":…,"by_model":…,"by_run":…}` */
export function costJson({ total, by, unpricedReasons, timeZone }: CostReport): Json {
  const named = (rows: readonly NamedCost[]) => keyed(rows, ({ sums }) => costOfCalls(sums));
  return {
    ...costOfCalls(total),
    unpriced_models: keyed(unpricedModels(by.model), ({ sums }) => sums.unpriced),
    unpriced_reasons: keyed(
      unpricedReasons.map(([name, calls]) => ({ name, calls })),
      ({ calls }) => calls,
    ),
    by_model: named(by.model),
    by_run: named(by.run),
    by_day: named(by.day),
    by_provider: named(by.provider),
    by_task_type: named(by.task_type),
    by_agent: named(by.agent),
    time_zone: timeZone,
    price_list: { ...PRICE_LIST },
  };
}

/** The models that have calls without a price, those with the most first. */
export function unpricedModels(models: readonly NamedCost[]): readonly NamedCost[] {
  return models
    .filter(({ sums }) => sums.unpriced > 0)
    .sort((a, b) => b.sums.unpriced - a.sums.unpriced);
}

function costOfCalls(sums: CallSums): Record<string, Json> {
  return { calls: sums.calls, ...usageJson(sums), cache_savings_usd: savedOf(sums) };
}

/** What has no price is behind what has one; runs without calls of models are left out. */
function dearestFirst(rows: readonly NamedCost[]): readonly NamedCost[] {
  const keyedRows = rows
    .filter(({ sums }) => sums.calls > 0)
    .map((row) => ({ row, usd: row.name === OTHER ? -2 : (usdOf(row.sums) ?? -1) }));
  keyedRows.sort((a, b) => b.usd - a.usd || (a.row.name < b.row.name ? -1 : 1));
  return keyedRows.map(({ row }) => row);
}
