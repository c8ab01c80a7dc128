/** The version of the record format that this package writes, as `run_start.schema` names it. */
export const RECORD_SCHEMA = "step-log/1";

/** Anything that JSON can carry. */
export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json };

/** Labels of a step, for filtering: `{ customer: "acme" }`. */
export type Tags = Readonly<Record<string, string>>;

/** What was cut from a record because it passed a limit. */
export interface Truncation {
  /** Where, as a JSON Pointer into the record: `/output/results/0/text`, at most 256 bytes of it. */
  readonly path: string;
  /** Size of the whole value in UTF-8 bytes, `null` where it was not counted to the end. */
  readonly bytes: number | null;
  /** SHA-256 of the whole value in hex, `null` where it took too long, or would give a short text away. */
  readonly sha256: string | null;
}

/** One frame of a stack, of the user's own code. */
export interface ErrorFrame {
  readonly function: string | null;
  readonly file: string;
  readonly line: number | null;
  readonly column: number | null;
}

/** What is known of a thrown value. */
export interface ErrorContext {
  /** Name of the error or of its class, or the type of a thrown value that is no error. */
  readonly type: string;
  readonly message: string;
  readonly code: string | null;
  /** At most three, innermost first, without `node_modules`, Node's own and step-log's. */
  readonly frames: readonly ErrorFrame[];
  /** What it was caused by, at most four deep. */
  readonly cause: ErrorContext | null;
}

/** What every record has. */
export interface RecordBase {
  readonly run_id: string;
  /** 0 for `run_start`, then 1, 2, …, given out when the step begins. */
  readonly step: number;
  /** Unix seconds when the record was made: the end of a timed step. */
  readonly ts: number;
  /** The step inside which this one ran. */
  readonly parent_step?: number;
  /** Tells the writers of one run apart; the first has none. */
  readonly writer?: string;
  readonly tags?: Tags;
  readonly truncated?: readonly Truncation[];
}

/** The header of a run: its first line, step 0. */
export interface RunStartRecord extends RecordBase {
  readonly type: "run_start";
  readonly schema: string;
  readonly agent: { readonly name: string | null; readonly version: string | null } | null;
  readonly task_type: string | null;
  readonly environment: string | null;
  readonly parent_run_id: string | null;
  readonly root_run_id: string | null;
  readonly metadata: Json;
  readonly runtime: {
    readonly name: string;
    readonly version: string | null;
    readonly hostname: string | null;
    readonly pid: number | null;
  };
}

/** One call of a model. Token counts that are not known are `null`, never 0. */
export interface LlmCallRecord extends RecordBase {
  readonly type: "llm_call";
  readonly model: string | null;
  readonly provider?: string | null;
  /** All tokens read, cached ones included, as OpenTelemetry counts them. */
  readonly input_tokens: number | null;
  readonly output_tokens: number | null;
  /** Part of `input_tokens`. */
  readonly cache_read_tokens?: number | null;
  /** Part of `input_tokens`. */
  readonly cache_write_tokens?: number | null;
  /** Part of `output_tokens`. */
  readonly reasoning_tokens?: number | null;
  readonly stop_reason: string | null;
  readonly duration_ms: number | null;
  readonly time_to_first_token_ms?: number | null;
  readonly response_id?: string | null;
  /** 1 for the first try. */
  readonly attempt?: number | null;
  readonly error?: string | null;
  readonly error_context?: ErrorContext | null;
  /** The provider's own usage object, as it came. */
  readonly usage?: Json;
}

/** One call of a tool. */
export interface ToolCallRecord extends RecordBase {
  readonly type: "tool_call";
  readonly tool: string;
  readonly tool_call_id?: string | null;
  readonly input: Json;
  readonly output: Json;
  readonly error: string | null;
  readonly error_context?: ErrorContext | null;
  readonly duration_ms: number | null;
}

/** A call has begun; the finished step has the same number. */
export interface StepStartRecord extends RecordBase {
  readonly type: "step_start";
  readonly of: "llm_call" | "tool_call";
  readonly tool?: string;
  readonly model?: string | null;
  readonly tool_call_id?: string | null;
  readonly input?: Json;
}

/** Anything else worth a step: a retrieval, a guardrail, a decision, an approval. */
export interface EventRecord extends RecordBase {
  readonly type: "event";
  readonly name: string;
  readonly data: Json;
}

/** How a run ended. */
export type RunStatus = "ok" | "error" | "cancelled";

/** The last line of a run that was ended. */
export interface RunEndRecord extends RecordBase {
  readonly type: "run_end";
  readonly status: RunStatus;
  readonly error: string | null;
  readonly error_context: ErrorContext | null;
  /** The run's `Summary`, keys in snake_case. */
  readonly summary: Json;
}

/** Records that were lost, written as soon as writing worked again. */
export interface LogDroppedRecord extends RecordBase {
  readonly type: "log_dropped";
  readonly count: number;
  readonly bytes: number;
  readonly reason: string;
}

/** The body of an HTTP message, as it was sent but for what was cut or is a credential. */
export interface WireBody {
  /** Size of the whole body in bytes, `null` where it was not read to its end. */
  readonly bytes: number | null;
  /** How `data` holds it: as it is where it is UTF-8, else in base64. */
  readonly encoding: "utf8" | "base64";
  readonly data: string;
}

/** A request as it was given to `fetch`. */
export interface WireRequest {
  readonly method: string;
  readonly url: string;
  /** By name in lower case; values that are not to be shown are `[REDACTED:<kind>]`. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: WireBody | null;
}

/** A response as `fetch` gave it: redirects followed, content encodings undone. */
export interface WireResponse {
  readonly status: number;
  readonly status_text: string;
  /** Where it came from in the end, `""` where that is not told. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: WireBody | null;
}

/**
 * How an exchange ended: read to its end, left by its consumer, stopped by a signal, failed, or not
 * ended when it was recorded.
 */
export type WireOutcome = "complete" | "cancelled" | "aborted" | "failed" | "unfinished";

/** One HTTP exchange, as it went over the wire. */
export interface WireCallRecord extends RecordBase {
  readonly type: "wire_call";
  readonly request: WireRequest;
  /** `null` where none came. */
  readonly response: WireResponse | null;
  /** 1 for the first try of the same request. */
  readonly attempt: number;
  readonly outcome: WireOutcome;
  readonly error: string | null;
  readonly error_context?: ErrorContext | null;
  readonly duration_ms: number | null;
  readonly time_to_headers_ms: number | null;
  readonly time_to_first_byte_ms: number | null;
  readonly time_to_first_token_ms: number | null;
}

/**
 * One line of a log, as it is written: `{"run_id":"r1","step":1,"type":"event",…}`.
 *
 * A reader passes on records of a type it does not know and keys it does not know, so a `switch`
 * on `type` wants a `default`.
 */
export type StepRecord =
  | RunStartRecord
  | LlmCallRecord
  | ToolCallRecord
  | StepStartRecord
  | EventRecord
  | RunEndRecord
  | LogDroppedRecord
  | WireCallRecord;
