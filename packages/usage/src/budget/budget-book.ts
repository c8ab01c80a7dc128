import { StepLogError } from "@step-log/core";
import { MoneySum } from "../tally/money-sum.ts";
import { RecentMap } from "../tally/recent-map.ts";
import type { BudgetStatus } from "./budget-event.ts";
import type { BudgetLimit } from "./budget-options.ts";

/** The calls that count against one limit, by run, day or value. */
export interface BudgetBook {
  readonly limit: BudgetLimit;
  /**
   * Books a call on a scope; gives the thresholds that are reached by it, ascending, and how the budget
   * stands. Aborts the signal of the scope when the limit is reached.
   */
  spend(scope: string, usd: number | null): { reached: readonly number[]; status: BudgetStatus };
  /** Aborted when the limit of the scope is reached, or was. */
  signal(scope: string): AbortSignal;
  statuses(): BudgetStatus[];
}

interface Account {
  readonly spent: MoneySum;
  unpricedCalls: number;
  /** How many thresholds are behind. */
  passed: number;
  /** Made when somebody wants its signal; most accounts need none, and it is larger than the rest. */
  controller: AbortController | undefined;
}

/** Keeps the accounts of one limit. */
export function budgetBook(
  limit: BudgetLimit,
  thresholds: readonly number[],
  maxScopes: number,
): BudgetBook {
  const accounts = new RecentMap<Account>(maxScopes, () => ({
    spent: new MoneySum(),
    unpricedCalls: 0,
    passed: 0,
    controller: undefined,
  }));

  const statusOf = (scope: string, { spent, unpricedCalls }: Account): BudgetStatus => ({
    per: limit.per,
    scope: limit.per === "tag" ? `${limit.tag}=${scope}` : scope,
    limitUsd: limit.usd,
    spentUsd: spent.value,
    unpricedCalls,
  });

  return {
    limit,
    spend(scope, usd) {
      const account = accounts.at(scope);
      if (usd === null) account.unpricedCalls += 1;
      else account.spent.add(usd);
      const status = statusOf(scope, account);
      const { spentUsd } = status;
      const passed = thresholds.filter((share) => spentUsd >= share * limit.usd).length;
      const reached = thresholds.slice(account.passed, passed);
      account.passed = Math.max(account.passed, passed);
      if (spentUsd >= limit.usd) account.controller?.abort(exceeded(status));
      return { reached, status };
    },
    signal(scope) {
      const account = accounts.at(scope);
      account.controller ??= new AbortController();
      const status = statusOf(scope, account);
      if (status.spentUsd >= limit.usd) account.controller.abort(exceeded(status));
      return account.controller.signal;
    },
    statuses: () => [...accounts].map(([scope, account]) => statusOf(scope, account)),
  };
}

function exceeded(status: BudgetStatus): StepLogError {
  const { per, scope, limitUsd, spentUsd } = status;
  const spent = `${spentUsd.toFixed(2)} of ${limitUsd.toFixed(2)} US dollars`;
  return new StepLogError("BUDGET_EXCEEDED", `budget of ${per} ${scope}: ${spent} are spent`, {
    details: { ...status },
  });
}
