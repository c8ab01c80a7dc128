import type { LlmCallRecord, TokenCounts } from "@step-log/core";
import { amountOf } from "./fields.ts";
import type { ReplayStep } from "./replay-step.ts";

/** What steps came to. */
export interface StepTotals {
  readonly llmCalls: number;
  readonly toolCalls: number;
  readonly events: number;
  /** Calls that failed. */
  readonly errors: number;
  /** Sums of the tokens that are known. */
  readonly tokens: TokenCounts;
  /** LLM calls of which neither input nor output tokens are known. */
  readonly llmCallsWithoutUsage: number;
  /** US dollars of the calls whose price is known, `null` where it is known of none. */
  readonly costUsd: number | null;
  /** LLM calls whose price is not known. */
  readonly unpricedCalls: number;
}

/** Prices a call of a model in US dollars; `costOf` of `@step-log/usage` is one. */
export type CostFunction = (call: LlmCallRecord) => number | null | { readonly usd: number | null };

const KEYS = [
  "llmCalls",
  "toolCalls",
  "events",
  "errors",
  "input",
  "output",
  "cacheRead",
  "cacheWrite",
  "reasoning",
  "withoutUsage",
  "usd",
  "priced",
] as const;
type Sums = Record<(typeof KEYS)[number], number>;

/** The totals after each step that ended, for any number of them at once. */
export class RunningTotals {
  readonly #costOf: CostFunction | undefined;
  readonly #sums: Sums = Object.fromEntries(KEYS.map((key) => [key, 0])) as Sums;
  // Row after row in one list of numbers, of which a run of 100,000 steps takes 10 MB.
  readonly #rows: number[] = KEYS.map(() => 0);

  constructor(costOf: CostFunction | undefined) {
    this.#costOf = costOf;
  }

  add(step: ReplayStep): void {
    const { type, state, record } = step;
    const sums = this.#sums;
    if (type === "event") sums.events++;
    if (type === "tool_call") sums.toolCalls++;
    if (type === "llm_call") {
      const [input, output] = [amountOf(record, "input_tokens"), amountOf(record, "output_tokens")];
      sums.llmCalls++;
      sums.input += input ?? 0;
      sums.output += output ?? 0;
      sums.cacheRead += amountOf(record, "cache_read_tokens") ?? 0;
      sums.cacheWrite += amountOf(record, "cache_write_tokens") ?? 0;
      sums.reasoning += amountOf(record, "reasoning_tokens") ?? 0;
      if (input === null && output === null) sums.withoutUsage++;
      const usd = this.#costOf && usdOf(record as LlmCallRecord, this.#costOf);
      sums.usd += usd ?? 0;
      if (typeof usd === "number") sums.priced++;
    }
    if (state === "failed" && (type === "llm_call" || type === "tool_call")) sums.errors++;
    for (const key of KEYS) this.#rows.push(sums[key]);
  }

  /** What the first `count` steps that ended came to. */
  after(count: number): StepTotals {
    const sum = (key: keyof Sums) => this.#rows[count * KEYS.length + KEYS.indexOf(key)] ?? 0;
    return {
      llmCalls: sum("llmCalls"),
      toolCalls: sum("toolCalls"),
      events: sum("events"),
      errors: sum("errors"),
      tokens: {
        input: sum("input"),
        output: sum("output"),
        cacheRead: sum("cacheRead"),
        cacheWrite: sum("cacheWrite"),
        reasoning: sum("reasoning"),
      },
      llmCallsWithoutUsage: sum("withoutUsage"),
      // To a billionth, below which sums of doubles are noise.
      costUsd: sum("priced") === 0 ? null : Math.round(sum("usd") * 1e9) / 1e9,
      unpricedCalls: sum("llmCalls") - sum("priced"),
    };
  }
}

/** What a call cost, `null` where that is not known. */
export function usdOf(call: LlmCallRecord, costOf: CostFunction): number | null {
  try {
    const cost = costOf(call);
    const usd = typeof cost === "object" ? (cost?.usd ?? null) : cost;
    return Number.isFinite(usd) ? usd : null;
  } catch {
    return null; // a record that the function was not made for
  }
}
