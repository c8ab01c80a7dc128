import type { RunStatus } from "../record.ts";

/** How a number is spread; all but `count` are `null` while there is none. */
export interface Percentiles {
  /** How many values were known. */
  readonly count: number;
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
  readonly max: number | null;
  readonly mean: number | null;
}

/** Sums of the token counts that are known. */
export interface TokenCounts {
  /** All tokens read, cached ones included. */
  readonly input: number;
  readonly output: number;
  /** Part of `input`. */
  readonly cacheRead: number;
  /** Part of `input`. */
  readonly cacheWrite: number;
  /** Part of `output`. */
  readonly reasoning: number;
}

/** The calls of one model. */
export interface ModelSummary {
  readonly calls: number;
  readonly errors: number;
  /** Calls of which neither input nor output tokens are known. */
  readonly callsWithoutUsage: number;
  readonly tokens: TokenCounts;
  readonly durationMs: Percentiles;
}

/** The calls of one tool. */
export interface ToolSummary {
  readonly calls: number;
  readonly errors: number;
  readonly durationMs: Percentiles;
}

/**
 * What one run or many came to.
 *
 * The three maps have no prototype, since their keys are data. Each has at most 1,000 keys and
 * `(other)`, where the rest is, and what has a name above 512 characters, which a run is not told
 * apart by either; a model or tool without a name is under `(unknown)`.
 */
export interface Summary {
  /** The run's id, `null` when there was no run or more than one. */
  readonly runId: string | null;
  /** Distinct run ids, counted up to 100,000. */
  readonly runs: number;
  /** LLM calls, tool calls and events. */
  readonly totalSteps: number;
  readonly llmCallCount: number;
  readonly toolCallCount: number;
  readonly eventCount: number;
  /** Calls that began and never ended, counted up to 100,000. */
  readonly unfinishedCount: number;
  /** Input and output tokens that are known. */
  readonly totalTokens: number;
  readonly tokens: TokenCounts;
  /** LLM calls of which neither input nor output tokens are known. */
  readonly llmCallsWithoutUsage: number;
  /** LLM and tool calls whose `error` is not `null`. */
  readonly errorCount: number;
  /** LLM calls that stopped because a limit of tokens was reached. */
  readonly tokenLimitCount: number;
  /** Records that were lost, as the log itself says. */
  readonly droppedCount: number;
  /** Lines that were no records. */
  readonly badLines: number;
  /** From the beginning of the first step to the last record, 0 when there is none. */
  readonly durationMs: number;
  /** Unix seconds of the beginning of the first step. */
  readonly startedAt: number | null;
  /** Unix seconds of the last record. */
  readonly endedAt: number | null;
  /** How the run ended, `null` when it has not or there is more than one. */
  readonly status: RunStatus | null;
  /** Durations in milliseconds. */
  readonly percentiles: { readonly toolCall: Percentiles; readonly llmCall: Percentiles };
  readonly byModel: Readonly<Record<string, ModelSummary>>;
  readonly byTool: Readonly<Record<string, ToolSummary>>;
  /** LLM calls by stop reason; those without one are in none. */
  readonly stopReasons: Readonly<Record<string, number>>;
}
