import {
  type BadLine,
  errorListeners,
  type Sink,
  type Source,
  StepLogError,
  type StepRecord,
  type Tags,
} from "@step-log/core";
import { pricer } from "../price/pricer.ts";
import { countOf, fieldsOf, keyOf, type Untrusted } from "../untrusted.ts";
import { type BudgetBook, budgetBook } from "./budget-book.ts";
import type { BudgetEvent, BudgetStatus } from "./budget-event.ts";
import { type BudgetSinkOptions, checkBudgetOptions } from "./budget-options.ts";
import { budgetScopes } from "./budget-scopes.ts";
import { entryType } from "./entry-type.ts";
import { joinedSignals } from "./joined-signals.ts";
import { unpricedWarning } from "./unpriced-warning.ts";

const COUNTED = /* @__PURE__ */ new Set(["llm_call", "run_start"]);

/** What is to be stopped when a budget is spent. */
export interface BudgetSubject {
  /** A run; the budgets of up to 100 runs above it count too, as far as their `run_start` has come by. */
  readonly runId?: string;
  readonly tags?: Tags;
  /** Unix seconds of the day. Default: now. */
  readonly ts?: number;
}

/** A sink that keeps no records: it counts what they cost, and tells when a budget is spent. */
export interface BudgetSink extends Sink {
  /**
   * Aborted as soon as one of the budgets is spent that a call of the subject would count against, with a
   * `StepLogError` of code `BUDGET_EXCEEDED`. It is aborted before the `record…` call returns that told of
   * the last dollar. Day budgets are those of one day, so ask anew the next day.
   */
  signal(subject: BudgetSubject): AbortSignal;
  /** How the budgets stand of which something is spent, or whose signal was asked for. */
  statuses(): readonly BudgetStatus[];
  /**
   * Counts what was spent before this process began, without events: today's log for a day budget.
   * Records that are then written come on top.
   */
  seed(
    records: Iterable<StepRecord | BadLine> | AsyncIterable<StepRecord | BadLine> | Source,
  ): Promise<void>;
}

/**
 * Watches budgets: put it beside the sink that keeps the records, `teeSink(fsSink("./logs/"), budget)`.
 *
 * The agent is never stopped by it, only told: by events at each threshold, once, and by a signal for who
 * wants it stopped. Calls whose price is not known cannot be counted; the first of each model is reported
 * as `UNPRICED`.
 *
 * @throws TypeError when an option is none.
 */
export function budgetSink(options: BudgetSinkOptions): BudgetSink {
  const { limits, thresholds, maxScopes } = checkBudgetOptions(options);
  const { bus, onThreshold, timeZone = "UTC" } = options;
  const books = limits.map((limit) => budgetBook(limit, thresholds, maxScopes));
  const scopes = budgetScopes(timeZone, maxScopes);
  const price = pricer(options);
  const errors = errorListeners(options.onError);
  const warn = unpricedWarning(errors);
  const join = joinedSignals();
  let written = 0;

  const call = (what: string, tell: () => unknown) => {
    // For those that throw and for those whose promise rejects.
    new Promise((resolve) => resolve(tell())).catch((cause) => {
      errors.tell(new StepLogError("CALLBACK_FAILED", `budget: ${what} threw`, { cause }));
    });
  };
  const tell = (event: BudgetEvent) => {
    // Later, so that whoever listens does not hold up the call that is being recorded.
    queueMicrotask(() => {
      call("the bus", () => bus?.emit(`budget.${event.per}`, event));
      call("onThreshold", () => onThreshold?.(event));
    });
  };

  const count = (record: Untrusted, onReached: (event: BudgetEvent) => void) => {
    if (record["type"] === "run_start") scopes.link(record);
    if (record["type"] !== "llm_call") return;
    const cost = price(record);
    warn(record, cost);
    for (const book of books) {
      for (const scope of scopes.of(book.limit, record)) {
        spend(book, scope, cost.usd, record, onReached);
      }
    }
  };

  return {
    name: "budget",
    write(entry) {
      written++;
      const type = entryType(entry);
      if (type === undefined || COUNTED.has(type)) count(fieldsOf(entry.record), tell);
    },
    async flush() {},
    // There is nothing to let go of, so what comes later counts as well.
    async close() {},
    stats: () => ({ written, pending: 0, pendingBytes: 0, dropped: 0 }),
    onError: errors.listen,
    signal({ runId, tags, ts = Date.now() / 1000 }) {
      const subject = { run_id: runId, tags, ts };
      const found = books.map((book) => ({ book, scopes: scopes.of(book.limit, subject) }));
      const parts = found.flatMap((it) => it.scopes.map((scope) => it.book.signal(scope)));
      return join(JSON.stringify(found.map((it) => it.scopes)), parts);
    },
    statuses: () => books.flatMap((book) => book.statuses()),
    async seed(records) {
      const all = "readAll" in records ? records.readAll() : records;
      for await (const record of all) count(fieldsOf(record), () => {});
    },
  };
}

function spend(
  book: BudgetBook,
  scope: string,
  usd: number | null,
  record: Untrusted,
  onReached: (event: BudgetEvent) => void,
): void {
  const { reached, status } = book.spend(scope, usd);
  for (const threshold of reached) {
    onReached({
      ...status,
      threshold,
      runId: keyOf(record["run_id"]),
      step: countOf(record["step"]),
      ts: typeof record["ts"] === "number" ? record["ts"] : null,
    });
  }
}
