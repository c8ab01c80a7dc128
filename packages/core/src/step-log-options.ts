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
  /** What the header says. `false` writes none, and no `run_end` either. @defaultValue `{}` */
  readonly run?: RunInfo | false;
  /**
   * Goes on with a run that is in the store: no header, lines get a `writer`, and the numbers go on
   * where the sink can tell them. Default: true in a run context that has a log already.
   */
  readonly resume?: boolean;
  /** Tells this writer of the run from others; default: none, with `resume` 8 random characters. */
  readonly writer?: string;
  /** Labels for every record. Default: none. */
  readonly tags?: Tags;
  /**
   * Credentials are replaced before anything leaves: `false` turns that off, options add names and
   * patterns, a function takes its place, gets the record as plain data and returns what to store.
   * @defaultValue true
   */
  readonly redact?: boolean | RedactOptions | ((record: StepRecord) => StepRecord);
  readonly payload?: {
    /**
     * Most that a record may take, in bytes, not counting some 500 for its own keys and up to 8 KiB
     * to say what was cut. More is cut, with a marker.
     * @defaultValue 1048576, 1 MiB
     */
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

// What each option may be, beside left out.
const TYPES: Readonly<Record<string, string>> = {
  runId: "a string",
  run: "an object or false",
  resume: "a boolean",
  writer: "a string",
  tags: "an object",
  redact: "a boolean, an object or a function",
  payload: "an object",
  inFlight: "a boolean",
  onError: "a function",
};

/** Throws a `TypeError` for options that cannot be meant. */
export function checkOptions(options: StepLogOptions): void {
  expect(fits("an object", options), "options", "an object", options);
  for (const [option, types] of Object.entries(TYPES)) {
    const value: unknown = Reflect.get(options, option);
    expect(value === undefined || fits(types, value), option, types, value);
  }
  const { sink, runId, redact, payload } = options;
  const members = [sink?.write, sink?.flush, sink?.close];
  expect(members.every(isFunction), "sink", "a Sink, such as memorySink()", sink);
  expect(runId !== "", "runId", "a text that is not empty", runId);
  const { names, patterns } = typeof redact === "object" ? redact : {};
  const isName = (name: unknown) => typeof name === "string" || name instanceof RegExp;
  expect(isListOf(names, isName), "redact.names", "a list of texts and RegExps", names);
  const isPattern = (pattern: unknown) => pattern instanceof RegExp;
  expect(isListOf(patterns, isPattern), "redact.patterns", "a list of RegExps", patterns);
  const { maxBytes: bytes = 1 } = payload ?? {};
  expect(
    Number.isSafeInteger(bytes) && bytes > 0,
    "payload.maxBytes",
    "a whole number from 1",
    bytes,
  );
}

function fits(types: string, value: unknown): boolean {
  if (value === false) return /boolean|false/.test(types);
  return value !== null && types.includes(typeof value);
}

function isFunction(value: unknown): boolean {
  return typeof value === "function";
}

function isListOf(list: unknown, isItem: (item: unknown) => boolean): boolean {
  return list === undefined || (Array.isArray(list) && list.every(isItem));
}

function expect(right: boolean, option: string, expected: string, got: unknown): void {
  if (right) return;
  const value = Object(got) === got ? "" : ` ${String(got).slice(0, 80)}`;
  throw new TypeError(`StepLog: ${option} must be ${expected}, got ${typeof got}${value}`);
}
