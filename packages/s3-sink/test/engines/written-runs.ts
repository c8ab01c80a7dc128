import {
  memorySink,
  percentile,
  type Sink,
  StepLog,
  type StepRecord,
  teeSink,
} from "@step-log/core";
import { expect } from "vitest";

/** What runs hold, for comparing it with what an engine finds. */
export interface WrittenRuns {
  readonly records: number;
  readonly runIds: readonly string[];
  readonly inputTokens: number;
  /** By tool, in their order. */
  readonly tools: readonly {
    readonly tool: string;
    readonly calls: number;
    readonly errors: number;
    /** To six digits: engines round otherwise. */
    readonly p95_ms: unknown;
  }[];
}

// What a tool may take and give.
const SHAPES = ["text ☕\u2028", 12_345, true, null, ["a", { b: 1 }], { nested: { x: [1.5] } }];

/** Writes runs with tool calls of every shape. */
export async function writeRuns(sink: Sink, count: number): Promise<WrittenRuns> {
  const memory = memorySink();
  const both = teeSink(sink, memory);
  const runIds = Array.from({ length: count }, (_, run) =>
    run === 0 ? "an id/with: %" : `r${run}`,
  );
  for (const [run, runId] of runIds.entries()) {
    const log = new StepLog({ runId, sink: both, run: { agent: { name: "repo-guide" } } });
    for (const [index, shape] of SHAPES.entries()) {
      log.recordLlmCall({ model: "claude-sonnet-4-6", inputTokens: 1_000 * run + index });
      log.recordToolCall({
        tool: index % 2 === 0 ? "search" : "read_file",
        input: shape,
        output: { shape },
        durationMs: 5 + 10 * run + index,
        ...(index === 3 && { error: new Error("no such file") }),
      });
    }
    await log.close();
  }
  await both.flush();
  const records = memory.records();
  return {
    records: records.length,
    runIds: runIds.toSorted(),
    inputTokens: records.reduce((sum, record) => sum + tokensOf(record), 0),
    tools: ["read_file", "search"].map((tool) => toolCalls(records, tool)),
  };
}

function tokensOf(record: StepRecord): number {
  return record.type === "llm_call" ? (record.input_tokens ?? 0) : 0;
}

function toolCalls(records: readonly StepRecord[], tool: string) {
  const calls = records.filter((record) => record.type === "tool_call" && record.tool === tool);
  const durations = calls.map((record) =>
    "duration_ms" in record ? (record.duration_ms ?? 0) : 0,
  );
  return {
    tool,
    calls: calls.length,
    errors: calls.filter((record) => "error" in record && record.error !== null).length,
    p95_ms: expect.closeTo(
      percentile(
        durations.sort((a, b) => a - b),
        0.95,
      ) ?? 0,
      6,
    ),
  };
}
