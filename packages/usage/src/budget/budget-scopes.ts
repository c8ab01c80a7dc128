import { calendar } from "../tally/calendar.ts";
import { RecentMap } from "../tally/recent-map.ts";
import { fieldsOf, keyOf, nameOf, type Untrusted } from "../untrusted.ts";
import type { BudgetLimit } from "./budget-options.ts";

// Sub-agents lie a few levels deep.
const MAX_LEVELS = 100;

/** Tells which accounts of a limit a call counts against. */
export interface BudgetScopes {
  /** Learns from a `run_start` which run is above which. */
  link(record: Untrusted): void;
  of(limit: BudgetLimit, record: Untrusted): string[];
}

/** Knows days, and the runs above a run. */
export function budgetScopes(timeZone: string, maxRuns: number): BudgetScopes {
  const dayOf = calendar(timeZone);
  const parents = new RecentMap<{ runId?: string }>(maxRuns, () => ({}));

  /** A run and those above it; each once, also where they name each other in a circle. */
  const lineage = (runId: string): string[] => {
    const runs = new Set<string>();
    let at: string | undefined = runId;
    while (at !== undefined && !runs.has(at) && runs.size < MAX_LEVELS) {
      runs.add(at);
      at = parents.peek(at)?.runId;
    }
    return [...runs];
  };

  return {
    link(record) {
      const parent = nameOf(record["parent_run_id"]);
      if (parent !== undefined) parents.at(keyOf(record["run_id"])).runId = parent;
    },
    of(limit, record) {
      if (limit.per === "day") return [dayOf(record["ts"])];
      if (limit.per === "run") {
        return record["run_id"] === undefined ? [] : lineage(keyOf(record["run_id"]));
      }
      const value = fieldsOf(record["tags"])[limit.tag];
      if (value === undefined || (limit.value !== undefined && limit.value !== value)) return [];
      return [keyOf(value)];
    },
  };
}
