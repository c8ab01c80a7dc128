import type { ErrorListener } from "./error-listeners.ts";
import type { StepRecord, Tags } from "./record.ts";
import type { RedactOptions } from "./redact/redactor.ts";
import type { Sink } from "./sink.ts";

/** What the header of a run says, `run_start`. */
export interface RunInfo {
  readonly agent?: { readonly name?: string; readonly version?: string };
  readonly taskType?: string;
  readonly environment?: string;
  /** Anything that JSON can carry. */
  readonly metadata?: unknown;
  readonly parentRunId?: string;
  /** The step of the parent inside which this run began. */
  readonly parentStep?: number | undefined;
  /** Default: the parent's id, where there is one. */
  readonly rootRunId?: string;
}

/** Options of `StepLog`. */
export interface StepLogOptions {
  /** Where the records go; it may serve other logs too, and `close` leaves it open. */
  readonly sink: Sink;
  /** Default: the id of the current run context, else a new UUID of version 7. */
  readonly runId?: string;
  /** What the header says. `false` writes none, and no `run_end` either. */
  readonly run?: RunInfo | false;
  /** Goes on with a run that is in the store: no header, the numbers go on, lines get a `writer`. */
  readonly resume?: boolean;
  /** Tells this writer of the run from others; default: none, with `resume` 8 random characters. */
  readonly writer?: string;
  /** Labels for every record. */
  readonly tags?: Tags;
  /**
   * Credentials are replaced before anything leaves: `false` turns that off, options add names and
   * patterns, a function takes its place, gets the record as plain data and returns what to store.
   * @defaultValue true
   */
  readonly redact?: boolean | RedactOptions | ((record: StepRecord) => StepRecord);
  readonly payload?: {
    /** Most that a record may take, in bytes, not counting some 500 for its own keys. More is cut, with a marker. @defaultValue 1048576, 1 MiB */
    readonly maxBytes?: number;
  };
  /** Whether `tool` and `llm` write a `step_start` when they begin. @defaultValue true */
  readonly inFlight?: boolean;
  /** Hears of problems. Default: one warning on stderr for each code. */
  readonly onError?: ErrorListener;
}

/** What every record may say of its step. */
export interface StepOptions {
  /** The step inside which this one ran. */
  readonly parentStep?: number | undefined;
  readonly tags?: Tags | undefined;
}

/** What `recordLlmCall` takes. What is not given is not known, and `null` in the record. */
export interface LlmCall extends StepOptions {
  readonly model?: string | null;
  readonly provider?: string | null;
  /** All tokens read, cached ones included. */
  readonly inputTokens?: number | null;
  readonly outputTokens?: number | null;
  /** Part of `inputTokens`. */
  readonly cacheReadTokens?: number | null;
  /** Part of `inputTokens`. */
  readonly cacheWriteTokens?: number | null;
  /** Part of `outputTokens`. */
  readonly reasoningTokens?: number | null;
  readonly stopReason?: string | null;
  readonly durationMs?: number | null;
  readonly timeToFirstTokenMs?: number | null;
  readonly responseId?: string | null;
  /** 1 for the first try. */
  readonly attempt?: number | null;
  /** What was thrown, or a text. */
  readonly error?: unknown;
  /** The provider's own usage object. */
  readonly usage?: unknown;
}

/** What `recordToolCall` takes. */
export interface ToolCall extends StepOptions {
  readonly tool: string;
  readonly toolCallId?: string | null;
  readonly input?: unknown;
  readonly output?: unknown;
  /** What was thrown, or a text; `null` and `undefined` mean that it went well. */
  readonly error?: unknown;
  readonly durationMs?: number | null;
}

/** Throws a `TypeError` for options that cannot be meant. */
export function checkOptions(options: StepLogOptions): void {
  expect(typeof options === "object" && options !== null, "options", "an object", options);
  const { sink, runId, writer, redact, payload, onError } = options;
  expect(typeof sink?.write === "function", "sink", "a Sink, such as memorySink()", sink);
  expect(
    runId === undefined || (typeof runId === "string" && runId !== ""),
    "runId",
    "a text",
    runId,
  );
  expect(writer === undefined || typeof writer === "string", "writer", "a text", writer);
  const redactable = ["undefined", "boolean", "object", "function"].includes(typeof redact);
  expect(redactable && redact !== null, "redact", "a boolean, an object or a function", redact);
  const bytes = payload?.maxBytes;
  const positive = bytes === undefined || (Number.isInteger(bytes) && bytes > 0);
  expect(positive, "payload.maxBytes", "a whole number above 0", bytes);
  expect(onError === undefined || typeof onError === "function", "onError", "a function", onError);
}

function expect(right: boolean, option: string, expected: string, got: unknown): void {
  if (right) return;
  throw new TypeError(
    `StepLog: ${option} must be ${expected}, got ${typeof got}: ${String(got).slice(0, 80)}`,
  );
}
