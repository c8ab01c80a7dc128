import type { BudgetLimit } from "./budget-options.ts";

/** How much of a budget is spent. */
export interface BudgetStatus {
  readonly per: BudgetLimit["per"];
  /** The run, the day, or the tag as `customer=acme`. */
  readonly scope: string;
  readonly limitUsd: number;
  readonly spentUsd: number;
  /** Calls whose price is not known, so that more than `spentUsd` may be spent. */
  readonly unpricedCalls: number;
}

/** A share of a budget is spent; told once for each threshold. */
export interface BudgetEvent extends BudgetStatus {
  /** The share that is reached: 0.8. */
  readonly threshold: number;
  /** The call with which it was reached. */
  readonly runId: string;
  readonly step: number;
  /** Unix seconds of that call, `null` where they are not known. */
  readonly ts: number | null;
}

/** The topics and payloads of budgets on a bus: `eventBus<RecordEvents & BudgetEvents>()`. */
export interface BudgetEvents {
  readonly "budget.run": BudgetEvent;
  readonly "budget.day": BudgetEvent;
  readonly "budget.tag": BudgetEvent;
}
