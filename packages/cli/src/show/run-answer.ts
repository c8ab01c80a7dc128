import type { LlmCallRecord } from "@step-log/core";
import type { CostFunction, Replay, ReplayStep } from "@step-log/replay";
import { type Answer, type Column, table } from "../output/answer.ts";
import { count, duration, time, usd } from "../output/figures.ts";
import { depthOf } from "./depth-of.ts";
import { textField } from "./fields.ts";
import { aboutStep, kindOf, stateMark, tokensOf } from "./step-facts.ts";
import { priceOf } from "./step-lines.ts";
import { afterMs, knownTime, statusText } from "./times.ts";
import { knownTokens, totalsText } from "./totals-text.ts";

/** How the steps of a run are listed. */
export interface RunAnswerOptions {
  readonly costOf: CostFunction;
  /** Whether what ran inside a step stands in; not where the list has some of the steps alone. */
  readonly isTree: boolean;
}

/** The steps of a run as a table, under a line that says what the run came to. */
export function runAnswer(
  replay: Replay,
  steps: readonly ReplayStep[],
  { costOf, isTree }: RunAnswerOptions,
): Answer {
  const rows = steps.map((step): Row => {
    const cost =
      step.record.type === "llm_call" ? priceOf(step.record as LlmCallRecord, costOf) : null;
    return { step, depth: depthOf(replay, step, MAX_INDENT), cost, about: aboutStep(step) };
  });
  const columns = columnsFor(replay, isTree, rows);
  const { status, durationMs, startedAt } = replay.summary();
  const totals = replay.totals();
  const tokens = knownTokens(totals);
  const headline = [
    `run ${replay.runId}: ${statusText(status, startedAt, duration(durationMs))}`,
    ...totalsText(totals),
  ].join(", ");
  return {
    headline: `${headline}; began ${time(knownTime(startedAt))}`,
    json: {
      run_id: replay.runId,
      status,
      started_at: startedAt,
      duration_ms: durationMs,
      llm_calls: totals.llmCalls,
      tool_calls: totals.toolCalls,
      errors: totals.errors,
      input_tokens: tokens?.input ?? null,
      output_tokens: tokens?.output ?? null,
      cost_usd: totals.costUsd,
      unpriced_calls: totals.unpricedCalls,
      bad_lines: replay.summary().badLines,
      steps: rows.map((row) =>
        Object.fromEntries(columns.map(({ name, value }) => [name, value(row) ?? null])),
      ),
    },
    tables: [
      table({
        columns,
        rows,
        empty: steps.length === replay.length ? "no steps" : "no such steps",
      }),
    ],
  };
}

interface Row {
  readonly step: ReplayStep;
  readonly depth: number;
  readonly cost: number | null;
  readonly about: string;
}

// Deeper than this there would be no room for the rest.
const MAX_INDENT = 8;

function columnsFor(replay: Replay, isTree: boolean, rows: readonly Row[]): readonly Column<Row>[] {
  const hasCost = rows.some(({ cost }) => cost !== null);
  return [
    {
      name: "step",
      value: ({ step }) => step.number,
      text: ({ step }) => `${stateMark(step)} ${step.number}`,
      align: "right",
      paint: ({ step }, { dim, red }) => (step.state === "failed" ? red : dim),
    },
    { name: "type", value: ({ step }) => step.type, text: ({ step }) => kindOf(step), cut: "end" },
    {
      name: "name",
      value: ({ step }) => step.name,
      text: ({ step, depth }) => `${isTree ? "  ".repeat(depth) : ""}${step.name ?? "-"}`,
      cut: "middle",
      paint: ({ step }, { cyan, magenta }) =>
        step.type === "tool_call" ? cyan : step.type === "llm_call" ? magenta : String,
    },
    { name: "state", value: ({ step }) => step.state, isHidden: true },
    {
      name: "about",
      value: ({ step, about }) => textField(step.record, "error") ?? about,
      text: ({ about }) => about,
      cut: "end",
      paint: ({ step }, { red }) => (step.state === "failed" ? red : String),
    },
    {
      name: "after_ms",
      value: ({ step }) => afterMs(replay, step),
      text: ({ step }) => duration(afterMs(replay, step)),
      align: "right",
      leaveOut: 2,
    },
    {
      name: "duration_ms",
      value: ({ step }) => step.durationMs,
      text: ({ step }) => (isCall(step) ? duration(step.durationMs) : ""),
      align: "right",
    },
    {
      name: "tokens",
      value: ({ step }) => tokensOf(step),
      text: ({ step }) => (step.type === "llm_call" ? count(tokensOf(step)) : ""),
      align: "right",
    },
    ...(hasCost ? [COST] : []),
    { name: "parent_step", value: ({ step }) => replay.parentOf(step)?.number, isHidden: true },
  ];
}

const COST: Column<Row> = {
  name: "cost_usd",
  value: ({ cost }) => cost,
  text: ({ step, cost }) => (step.type === "llm_call" ? usd(cost) : ""),
  align: "right",
  leaveOut: 1,
};

/** Nothing else takes a time that could be missing. */
function isCall({ type, durationMs }: ReplayStep): boolean {
  return durationMs !== null || type === "llm_call" || type === "tool_call";
}
