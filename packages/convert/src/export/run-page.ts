import { type BadLine, type StepRecord, type Summary, summarize } from "@step-log/core";
import type { ExportItems } from "./export-items.ts";
import { duration } from "./step-facts.ts";

/** A run as a page shows it. */
export interface RunPage {
  readonly runId: string;
  readonly records: readonly StepRecord[];
  readonly summary: Summary;
  /** What is known of the run as a whole, by name. */
  readonly facts: readonly (readonly [name: string, value: string])[];
}

/** Gathers the records of each run, and what could not be read. */
export async function runPages(
  items: ExportItems,
): Promise<{ readonly runs: readonly RunPage[]; readonly bad: readonly BadLine[] }> {
  const byRun = new Map<string, StepRecord[]>();
  const bad: BadLine[] = [];
  for await (const item of items) {
    if (item.type === "bad_line") {
      bad.push(item);
      continue;
    }
    const records = byRun.get(item.run_id) ?? [];
    byRun.set(item.run_id, records);
    records.push(item);
  }
  const runs = [...byRun].map(async ([runId, records]) => {
    const summary = await summarize(records);
    return { runId, records, summary, facts: factsOf(records, summary) };
  });
  return { runs: await Promise.all(runs), bad };
}

function factsOf(records: readonly StepRecord[], summary: Summary): RunPage["facts"] {
  const start = records.find((it) => it.type === "run_start");
  const { agent, task_type, environment, parent_run_id } = start ?? {};
  const { tokens, durationMs, llmCallCount, llmCallsWithoutUsage } = summary;
  const known: [string, string | null | undefined][] = [
    ["agent", agent && [agent.name, agent.version].filter((it) => it !== null).join(" ")],
    ["task", task_type],
    ["environment", environment],
    ["parent run", parent_run_id],
    ["began", time(records[0]?.ts)],
    ["took", durationMs === null ? null : duration(durationMs)],
    ["status", summary.status],
    ["steps", number(summary.totalSteps)],
    ["model calls", number(llmCallCount)],
    ["tool calls", number(summary.toolCallCount)],
    ["errors", number(summary.errorCount)],
    ["tokens in", llmCallCount > llmCallsWithoutUsage ? number(tokens.input) : "not known"],
    ["tokens out", llmCallCount > llmCallsWithoutUsage ? number(tokens.output) : "not known"],
  ];
  return known.flatMap(([name, value]) => (value ? [[name, String(value)] as const] : []));
}

function number(value: number): string {
  return value.toLocaleString("en-US");
}

/** In UTC; nothing for a time that was not told. */
export function time(ts: number | undefined): string | null {
  if (ts === undefined || ts === 0) return null;
  const date = new Date(ts * 1000);
  return Number.isNaN(date.getTime()) ? null : date.toISOString().replace("T", " ");
}
