import {
  type ErrorContext,
  type Json,
  RECORD_SCHEMA,
  type RunStatus,
  type StepRecord,
  Summarizer,
  summaryToWire,
} from "@step-log/core";

/** What a call of a model came to. */
export interface DemoCall {
  readonly model: string;
  readonly inputTokens: number;
  readonly cacheReadTokens: number;
  readonly outputTokens: number;
  readonly durationMs: number;
  readonly stopReason: string;
}

/** Writes the records of one made-up run, on a clock of its own: `StepLog` would take the real one. */
export class DemoRun {
  readonly records: StepRecord[] = [];
  readonly order: string;
  readonly #runId: string;
  #ts: number;
  #step = 0;

  constructor(runId: string, startedAt: number, order: string) {
    this.#runId = runId;
    this.#ts = startedAt;
    this.order = order;
  }

  start(taskType: string, metadata: Json): void {
    this.#add({
      ...this.#base(0, 0),
      type: "run_start",
      schema: RECORD_SCHEMA,
      agent: { name: "support-agent", version: "1.4.0" },
      task_type: taskType,
      environment: "demo",
      parent_run_id: null,
      root_run_id: this.#runId,
      metadata,
      runtime: { name: "demo", version: null, hostname: null, pid: null },
    });
  }

  llm({ model, stopReason, durationMs, ...tokens }: DemoCall): void {
    this.#add({
      ...this.#base(++this.#step, durationMs),
      type: "llm_call",
      model,
      input_tokens: tokens.inputTokens,
      output_tokens: tokens.outputTokens,
      cache_read_tokens: tokens.cacheReadTokens,
      stop_reason: stopReason,
      duration_ms: durationMs,
    });
  }

  /** A call that was begun, and of which nothing more was heard. */
  begin(tool: string, input: Json): void {
    this.#add({ ...this.#base(++this.#step, 0), type: "step_start", of: "tool_call", tool, input });
  }

  tool(
    tool: string,
    input: Json,
    output: Json,
    durationMs: number,
    failure: ErrorContext | null = null,
  ): void {
    this.begin(tool, input);
    this.#add({
      ...this.#base(this.#step, durationMs),
      type: "tool_call",
      tool,
      input,
      output,
      error: failure === null ? null : `${failure.type}: ${failure.message}`,
      ...(failure && { error_context: failure }),
      duration_ms: durationMs,
    });
  }

  end(status: RunStatus, error: string | null): readonly StepRecord[] {
    const summarizer = new Summarizer();
    for (const record of this.records) summarizer.add(record);
    this.#add({
      ...this.#base(++this.#step, 0),
      type: "run_end",
      status,
      error,
      error_context: null,
      summary: summaryToWire(summarizer.summary()),
    });
    return this.records;
  }

  #base(step: number, durationMs: number): Pick<StepRecord, "run_id" | "step" | "ts"> {
    // Between two steps an agent does this and that.
    this.#ts += durationMs / 1000 + 0.02;
    return { run_id: this.#runId, step, ts: Math.round(this.#ts * 1000) / 1000 };
  }

  #add(record: StepRecord): void {
    this.records.push(record);
  }
}
