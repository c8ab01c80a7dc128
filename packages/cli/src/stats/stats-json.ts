import type { Json, Percentiles } from "@step-log/core";
import { type CallSums, usdOf } from "./call-sums.ts";
import type { RunGroup } from "./run-groups.ts";
import type { NamedCalls, StatsReport } from "./stats-report.ts";

/** The report as `--json` has it; the same names as those of a summary. */
export function statsJson(report: StatsReport): Json {
  const { all, llm, tool, states } = report;
  const calls = llm.sums.calls + tool.sums.calls;
  const errors = llm.sums.errors + tool.sums.errors;
  return {
    runs: all.runs,
    runs_by_status: states,
    started_at: report.startedAt,
    ended_at: report.endedAt,
    total_steps: calls + report.events,
    llm_call_count: llm.sums.calls,
    tool_call_count: tool.sums.calls,
    event_count: report.events,
    unfinished_count: report.unfinishedSteps,
    error_count: errors,
    error_rate: rate(errors, calls),
    ...usageJson(llm.sums),
    token_limit_count: report.limitHits,
    dropped_count: report.dropped,
    bad_lines: report.badLines,
    has_other_runs: report.hasFolded,
    percentiles: {
      run: percentilesJson(all.durations),
      llm_call: percentilesJson(llm.durations),
      tool_call: percentilesJson(tool.durations),
    },
    by_tool: keyed(report.tools, callsJson),
    by_model: keyed(report.models, (it) => ({ ...callsJson(it), ...usageJson(it.sums) })),
    by_task_type: keyed(report.taskTypes, groupJson),
    by_agent: keyed(report.agents, groupJson),
    by_day: keyed(report.days, (day) => ({
      runs: day.runs,
      llm_calls: day.llm.calls,
      tool_calls: day.toolCalls,
      errors: day.errors,
      ...usageJson(day.llm),
    })),
    stop_reasons: Object.assign(Object.create(null), Object.fromEntries(report.stopReasons)),
    token_limit_runs: keyed(
      report.limited.map(({ runId: name, sums }) => ({ name, calls: sums.limitHits })),
      ({ calls: hits }) => hits,
    ),
  };
}

/** What calls of models used and cost. */
export function usageJson(sums: CallSums): Record<string, Json> {
  const { tokens } = sums;
  return {
    total_usd: usdOf(sums),
    unpriced_calls: sums.unpriced,
    llm_calls_without_usage: sums.withoutUsage,
    tokens: {
      input: tokens.input,
      output: tokens.output,
      cache_read: tokens.cacheRead,
      cache_write: tokens.cacheWrite,
      reasoning: tokens.reasoning,
    },
  };
}

/** An object that no name can do harm to, `__proto__` included. */
export function keyed<Row extends { readonly name: string }>(
  rows: readonly Row[],
  json: (row: Row) => Json,
): Json {
  const object: Record<string, Json> = Object.create(null);
  for (const row of rows) object[row.name] = json(row);
  return object;
}

/** Which part of a whole, `null` where there is none. */
export function rate(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}

function callsJson({ sums: { calls, errors }, durations }: NamedCalls): Record<string, Json> {
  return {
    calls,
    errors,
    error_rate: rate(errors, calls),
    duration_ms: percentilesJson(durations),
  };
}

function groupJson(group: RunGroup): Json {
  return {
    runs: group.runs,
    failed: group.failed,
    unfinished: group.unfinished,
    llm_calls: group.llm.calls,
    tool_calls: group.toolCalls,
    errors: group.errors,
    duration_ms: percentilesJson(group.durations),
    ...usageJson(group.llm),
  };
}

function percentilesJson({ count, p50, p95, p99, max, mean }: Percentiles): Json {
  // Of sums in another order the last digits differ, and answers should not: to the nanosecond.
  return { count, p50, p95, p99, max, mean: mean === null ? null : Math.round(mean * 1e6) / 1e6 };
}
