import type { Json, LlmCallRecord } from "@step-log/core";
import type { CostFunction, Replay, ReplayStep } from "@step-log/replay";
import { priceOf } from "./step-lines.ts";

/** A step for other programs: its record as it stands, and what the agent had done and spent by then. */
export function stepJson(replay: Replay, step: ReplayStep, costOf: CostFunction): Json {
  const context = replay.contextAt(step.index);
  const { record } = step;
  const numbers = (steps: readonly ReplayStep[] = []): Json => steps.map(({ number }) => number);
  const totals = context?.totals;
  return {
    run_id: replay.runId,
    step: step.number,
    type: step.type,
    name: step.name,
    state: step.state,
    started_at: step.startedAt,
    ended_at: step.endedAt,
    duration_ms: step.durationMs,
    cost_usd: record.type === "llm_call" ? priceOf(record as LlmCallRecord, costOf) : null,
    parent_step: replay.parentOf(step)?.number ?? null,
    record: record as object as Json,
    before: {
      elapsed_ms: context?.elapsedMs ?? null,
      llm_calls: totals?.llmCalls ?? null,
      tool_calls: totals?.toolCalls ?? null,
      errors: totals?.errors ?? null,
      tokens: {
        input: totals?.tokens.input ?? null,
        output: totals?.tokens.output ?? null,
        cache_read: totals?.tokens.cacheRead ?? null,
        cache_write: totals?.tokens.cacheWrite ?? null,
        reasoning: totals?.tokens.reasoning ?? null,
      },
      cost_usd: totals?.costUsd ?? null,
      unpriced_calls: totals?.unpricedCalls ?? null,
      by_tool: Object.fromEntries(context?.toolCalls ?? []),
      running: numbers(context?.running),
      inside: numbers(context?.inside),
      last_error: context?.lastError?.number ?? null,
      request: context?.request?.body ?? null,
    },
  };
}
