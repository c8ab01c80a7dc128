import type { ModelSummary, Percentiles, Summary, ToolSummary } from "@step-log/core";
import { type Column, type Table, table } from "../output/answer.ts";
import { count, duration, percent, time } from "../output/figures.ts";

/** A summary for people: what it came to, then by model and by tool. */
export function summaryTables(summary: Summary): readonly Table[] {
  return [
    table({ columns: FACTS, rows: facts(summary) }),
    table({
      title: "Models",
      columns: MODELS,
      rows: Object.entries(summary.byModel),
      empty: "no calls of models",
    }),
    table({
      title: "Tools",
      columns: TOOLS,
      rows: Object.entries(summary.byTool),
      empty: "no calls of tools",
    }),
  ];
}

type Fact = readonly [name: string, value: string];

const FACTS: readonly Column<Fact>[] = [
  { name: "what", value: ([name]) => name },
  { name: "value", value: ([, value]) => value, cut: "end" },
];

function facts(summary: Summary): readonly Fact[] {
  const { runs, runId, tokens, stopReasons } = summary;
  const all: (Fact | false)[] = [
    runId === null ? ["runs", count(runs)] : ["run", runId],
    summary.status !== null && ["status", summary.status],
    ["began", time(summary.startedAt)],
    ["took", duration(summary.durationMs)],
    ["steps", count(summary.totalSteps)],
    ["calls of models", count(summary.llmCallCount)],
    ["calls of tools", count(summary.toolCallCount)],
    ["errors", count(summary.errorCount)],
    summary.unfinishedCount > 0 && ["never ended", count(summary.unfinishedCount)],
    ["tokens in", `${count(tokens.input)}, of which ${count(tokens.cacheRead)} from the cache`],
    ["tokens out", count(tokens.output)],
    summary.llmCallsWithoutUsage > 0 && [
      "calls without usage",
      count(summary.llmCallsWithoutUsage),
    ],
    [
      "stop reasons",
      Object.entries(stopReasons)
        .map(([name, calls]) => `${name} ${count(calls)}`)
        .join(", ") || "-",
    ],
    summary.tokenLimitCount > 0 && ["hit a limit of tokens", count(summary.tokenLimitCount)],
    summary.droppedCount > 0 && ["records lost", count(summary.droppedCount)],
    summary.badLines > 0 && ["lines not read", count(summary.badLines)],
  ];
  return all.filter((fact) => fact !== false);
}

type Named<T> = readonly [name: string, summary: T];

function percentiles<T extends { readonly durationMs: Percentiles }>(): readonly Column<
  Named<T>
>[] {
  return (["p50", "p95", "p99", "max"] as const).map((name) => ({
    name: `${name}_ms`,
    value: ([, { durationMs }]) => durationMs[name],
    text: ([, { durationMs }]) => duration(durationMs[name]),
    align: "right",
    ...(name === "p99" && { leaveOut: 4 }),
    ...(name === "max" && { leaveOut: 3 }),
  }));
}

const CALLS: readonly Column<Named<ModelSummary | ToolSummary>>[] = [
  {
    name: "calls",
    value: ([, { calls }]) => calls,
    text: ([, { calls }]) => count(calls),
    align: "right",
  },
  {
    name: "errors",
    value: ([, { errors }]) => errors,
    text: ([, { calls, errors }]) =>
      errors === 0 ? "0" : `${count(errors)} (${percent(errors, calls)})`,
    align: "right",
    paint: ([, { errors }], { red }) => (errors > 0 ? red : String),
  },
];

const MODELS: readonly Column<Named<ModelSummary>>[] = [
  { name: "model", value: ([name]) => name, cut: "middle" },
  ...CALLS,
  {
    name: "input_tokens",
    value: ([, { tokens }]) => tokens.input,
    text: ([, { tokens }]) => count(tokens.input),
    align: "right",
    leaveOut: 1,
  },
  {
    name: "output_tokens",
    value: ([, { tokens }]) => tokens.output,
    text: ([, { tokens }]) => count(tokens.output),
    align: "right",
    leaveOut: 2,
  },
  ...percentiles<ModelSummary>(),
];

const TOOLS: readonly Column<Named<ToolSummary>>[] = [
  { name: "tool", value: ([name]) => name, cut: "middle" },
  ...CALLS,
  ...percentiles<ToolSummary>(),
];
