import type { EventRecord, RunEndRecord, RunStartRecord, StepRecord } from "@step-log/core";
import { llmRecord, messageRecord, startRecord, toolRecord } from "../formats/atif.ts";
import { fields, textOf } from "../records/foreign.ts";
import { recordDifference } from "../records/record-difference.ts";
import type { ExportItems } from "./export-items.ts";

type Step = Record<string, unknown> & {
  tool_calls?: object[];
  observation?: { results: object[] };
};

interface Part {
  readonly as: "llm_call" | "tool_call" | "message" | "other";
  readonly record: StepRecord;
}

/**
 * Writes runs as ATIF, a trajectory a line: what the model answered, the tools that it called and what
 * came of them are a step. What ATIF has no key for stands in `extra.step_log`, from which `importLog`
 * makes the very records again. A run is held until it ends.
 */
export async function* toAtif(items: ExportItems): AsyncGenerator<string, void, void> {
  const runs = new Map<string, StepRecord[]>();
  for await (const item of items) {
    if (item.type === "bad_line") continue;
    const records = runs.get(item.run_id) ?? [];
    runs.set(item.run_id, records);
    records.push(item);
    if (item.type !== "run_end") continue;
    runs.delete(item.run_id);
    yield trajectory(item.run_id, records);
  }
  for (const [runId, records] of runs) yield trajectory(runId, records);
}

function trajectory(runId: string, records: readonly StepRecord[]): string {
  const start = records.find((it): it is RunStartRecord => it.type === "run_start");
  const end = records.find((it): it is RunEndRecord => it.type === "run_end");
  const rest = records.filter((it) => it !== start && it !== end);
  const about = {
    schema_version: "ATIF-v1.7",
    session_id: runId,
    agent: {
      name: start?.agent?.name ?? "unknown",
      version: start?.agent?.version ?? "unknown",
      model_name: rest.find((it) => it.type === "llm_call")?.model ?? undefined,
    },
  };
  const steps = partsOf(rest).map(stepOf);
  const header = start === undefined ? undefined : recordDifference(start, startRecord(about));
  return `${JSON.stringify({
    ...about,
    steps,
    final_metrics: finalMetrics(rest, steps.length),
    extra: { step_log: { run_start: header ?? null, run_end: end } },
  })}\n`;
}

/** Which records make up a step of a trajectory. */
function partsOf(records: readonly StepRecord[]): Part[][] {
  const steps: Part[][] = [];
  let step: Part[] | undefined;
  for (const record of records) {
    const role = roleOf(record);
    const as =
      role === undefined
        ? record.type === "llm_call" || record.type === "tool_call"
          ? record.type
          : "other"
        : "message";
    const isNew =
      step === undefined ||
      record.type === "llm_call" ||
      (role !== undefined && (role !== "assistant" || step.some((it) => it.as === "message")));
    const part: Part = { as, record };
    if (!isNew && step !== undefined) step.push(part);
    else {
      step = [part];
      steps.push(step);
    }
  }
  return steps;
}

function roleOf(record: StepRecord): string | undefined {
  if (record.type !== "event" || record.name !== "message") return undefined;
  const { role } = fields((record as EventRecord).data);
  return role === "user" || role === "system" || role === "assistant" ? role : undefined;
}

function stepOf(parts: readonly Part[], index: number): Step {
  const said = parts.find(({ as }) => as === "message")?.record;
  const role = said === undefined ? undefined : roleOf(said);
  const calls = parts.filter(({ as }) => as === "llm_call" || as === "tool_call");
  const step: Step = {
    step_id: index + 1,
    timestamp: isoTime(parts[0]?.record.ts ?? 0),
    source: calls.length > 0 || role === "assistant" ? "agent" : (role ?? "system"),
    message: said?.type === "event" ? textOf(fields(said.data)["content"]) : "",
  };
  for (const { record } of calls) {
    if (record.type === "llm_call") {
      step["model_name"] = record.model ?? undefined;
      step["metrics"] = {
        prompt_tokens: record.input_tokens ?? undefined,
        completion_tokens: record.output_tokens ?? undefined,
        cached_tokens: record.cache_read_tokens ?? undefined,
      };
    } else if (record.type === "tool_call") {
      step.tool_calls ??= [];
      step.observation ??= { results: [] };
      const id = record.tool_call_id ?? `call_${record.step}`;
      step.tool_calls.push({
        tool_call_id: id,
        function_name: record.tool,
        arguments: record.input ?? {},
      });
      step.observation.results.push({
        source_call_id: id,
        content: contentOf(record.output ?? record.error),
      });
    }
  }
  return { ...step, extra: { step_log: { records: differences(parts, step) } } };
}

function differences(parts: readonly Part[], step: Step): object[] {
  let tools = 0;
  // As it is read back: keys without a value are not there.
  const written = JSON.parse(JSON.stringify(step));
  return parts.map(({ as, record }) => {
    if (as === "llm_call") return { as, ...recordDifference(record, llmRecord(written)) };
    if (as === "tool_call")
      return { as, ...recordDifference(record, toolRecord(written, tools++)) };
    return { as, ...recordDifference(record, as === "message" ? messageRecord(written) : {}) };
  });
}

function contentOf(output: unknown): string {
  return typeof output === "string" ? output : JSON.stringify(output ?? null);
}

function isoTime(ts: number): string | undefined {
  const date = new Date(ts * 1000);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}

function finalMetrics(records: readonly StepRecord[], steps: number): object {
  const calls = records.filter((it) => it.type === "llm_call");
  const sum = (counts: readonly (number | null | undefined)[]) => {
    const known = counts.filter((it) => typeof it === "number");
    return known.length === 0 ? undefined : known.reduce((total, it) => total + it, 0);
  };
  return {
    total_prompt_tokens: sum(calls.map((it) => it.input_tokens)),
    total_completion_tokens: sum(calls.map((it) => it.output_tokens)),
    total_cached_tokens: sum(calls.map((it) => it.cache_read_tokens)),
    total_steps: steps,
  };
}
