import type { LlmCallRecord, RunStartRecord } from "@step-log/core";

/** Noon of a Saturday in UTC. */
export const TS: number = Date.UTC(2025, 10, 22, 12) / 1000;

/** A call that costs 0.0045 dollars, but for what is given. */
export function call(keys: Partial<LlmCallRecord> = {}): LlmCallRecord {
  return {
    run_id: "run-1",
    step: 1,
    type: "llm_call",
    model: "claude-sonnet-4-5",
    input_tokens: 1000,
    output_tokens: 100,
    stop_reason: "end_turn",
    duration_ms: 1000,
    ts: TS,
    ...keys,
  };
}

/** The header of a run. */
export function start(runId: string, keys: Partial<RunStartRecord> = {}): RunStartRecord {
  return {
    run_id: runId,
    step: 0,
    type: "run_start",
    schema: "step-log/1",
    agent: null,
    task_type: null,
    environment: null,
    parent_run_id: null,
    root_run_id: null,
    metadata: null,
    runtime: { name: "node", version: null, hostname: null, pid: null },
    ts: TS,
    ...keys,
  };
}
