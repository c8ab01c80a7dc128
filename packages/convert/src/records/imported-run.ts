import {
  type Json,
  type LlmCallRecord,
  RECORD_SCHEMA,
  type RunStartRecord,
  type RunStatus,
  type StepRecord,
  type ToolCallRecord,
} from "@step-log/core";
import type { CleanValues } from "./clean-values.ts";

/** What the header of an imported run says; what is left out is not known. */
export interface RunHeader {
  readonly agent?: { readonly name: string | null; readonly version: string | null } | null;
  readonly taskType?: string | null;
  readonly environment?: string | null;
  readonly parentRunId?: string | null;
  /** The step of the parent inside which the run began. */
  readonly parentStep?: number | undefined;
  readonly rootRunId?: string | null;
  readonly metadata?: unknown;
  readonly runtime?: RunStartRecord["runtime"];
}

type Common = "run_id" | "step" | "type" | "ts";
type Loose<Value> = { readonly [Key in keyof Value]?: unknown };

/** A call of a model, in the words of the record; what is left out is not known. */
export type ImportedLlmCall = Loose<Omit<LlmCallRecord, Common>>;

/** A call of a tool, in the words of the record; what is left out is not known. */
export type ImportedToolCall = Loose<Omit<ToolCallRecord, Common | "tool">> & {
  readonly tool: string;
};

/** Where the records of runs go. */
export interface RunOutput {
  readonly emit: (record: StepRecord) => void;
  readonly clean: CleanValues;
  /** What stands for a time that the source does not tell, in Unix seconds. */
  readonly unknownTs: number;
}

// What a source tells before its first time waits for it; more than this is no preface.
const MAX_WAITING = 1_000;
const NO_RUNTIME = { name: "unknown", version: null, hostname: null, pid: null } as const;

/**
 * One run of another tool's log, as records: it numbers the steps and fills in what the source does
 * not tell.
 *
 * A record without a time gets the last one that was told, or the first, where none was before.
 */
export class ImportedRun {
  readonly id: string;
  readonly #output: RunOutput;
  #lastStep = 0;
  #ts: number | undefined;
  #waiting: Draft[] | undefined = [];
  /** Records behind one whose place is known, and that itself is not yet. */
  readonly #held: (Draft | HeldPlace)[] = [];

  constructor(id: string, header: RunHeader, ts: number | null, output: RunOutput) {
    this.id = id;
    this.#output = output;
    const { agent = null, taskType = null, environment = null, runtime = NO_RUNTIME } = header;
    const { parentRunId = null, rootRunId = parentRunId, parentStep, metadata } = header;
    this.#emit(0, "run_start", ts, {
      ...(parentStep === undefined ? {} : { parent_step: parentStep }),
      schema: RECORD_SCHEMA,
      agent,
      task_type: taskType,
      environment,
      parent_run_id: parentRunId,
      root_run_id: rootRunId,
      metadata: this.#output.clean(metadata),
      runtime,
    });
  }

  /** Gives out the number of the next step. */
  nextStep(): number {
    return ++this.#lastStep;
  }

  /** Keeps the place of a record of which more may come; those behind it wait, until it is made. */
  hold(): HeldPlace {
    const place = new HeldPlace();
    this.#held.push(place);
    return place;
  }

  /** How many records wait. */
  get heldCount(): number {
    return this.#held.length;
  }

  /** Moves such a place behind all that has come since. */
  holdOn(place: HeldPlace): void {
    const at = this.#held.indexOf(place);
    if (at === this.#held.length - 1) return;
    this.#held.splice(at, 1);
    this.#held.push(place);
    if (at === 0) this.#passHeld();
  }

  /** @param place Where it belongs. Default: behind all others. */
  llmCall(
    ts: number | null,
    call: ImportedLlmCall,
    step: number = this.nextStep(),
    place?: HeldPlace,
  ): void {
    const {
      parent_step,
      tags,
      model = null,
      input_tokens = null,
      output_tokens = null,
      stop_reason = null,
      duration_ms = null,
      provider,
      usage,
      error,
      ...rest
    } = call;
    const { clean } = this.#output;
    const keys = {
      ...(parent_step === undefined ? {} : { parent_step }),
      ...(tags === undefined ? {} : { tags: clean(tags) }),
      model: model === null ? null : clean(model),
      ...(provider === undefined ? {} : { provider }),
      input_tokens,
      output_tokens,
      ...rest,
      stop_reason,
      ...(error === undefined || error === null ? {} : { error: clean(error) }),
      ...(usage === undefined ? {} : { usage: clean(usage) }),
      duration_ms,
    };
    this.#emit(step, "llm_call", ts, keys, place);
  }

  toolCall(ts: number | null, call: ImportedToolCall, step: number = this.nextStep()): void {
    const { tool, tool_call_id, input, output, error = null, duration_ms = null, ...rest } = call;
    const { clean } = this.#output;
    this.#emit(step, "tool_call", ts, {
      ...rest,
      tool: clean(tool),
      ...(tool_call_id === undefined ? {} : { tool_call_id }),
      input: clean(input),
      output: clean(output),
      error: error === null ? null : clean(error),
      duration_ms,
    });
  }

  /** A call of a tool of whose end the source says nothing. */
  toolStart(
    ts: number | null,
    call: { readonly tool: string; readonly tool_call_id: string; readonly input: unknown },
    step: number = this.nextStep(),
  ): void {
    const { tool, tool_call_id, input } = call;
    const { clean } = this.#output;
    this.#emit(step, "step_start", ts, {
      of: "tool_call",
      tool: clean(tool),
      tool_call_id,
      input: clean(input),
    });
  }

  event(ts: number | null, name: string, data: unknown): void {
    const { clean } = this.#output;
    this.#emit(this.nextStep(), "event", ts, { name: clean(name), data: clean(data) });
  }

  /** Any record in its own words. */
  record(ts: number | null, type: string, keys: object, step: number = this.nextStep()): void {
    this.#emit(step, type, ts, this.#output.clean(keys) as object);
  }

  /** How the run ended, where the source says it. */
  ended(ts: number | null, status: RunStatus, error: string | null, summary: Json = null): void {
    const { clean } = this.#output;
    this.#emit(this.nextStep(), "run_end", ts, {
      status,
      error: error === null ? null : clean(error),
      error_context: null,
      summary: clean(summary),
    });
  }

  /** Passes on what still waits, for a time or for a record before it. */
  close(): void {
    this.#settle(this.#ts ?? this.#output.unknownTs);
    for (const it of this.#held) if (it instanceof HeldPlace) it.record ??= null;
    this.#passHeld();
  }

  #emit(step: number, type: string, ts: number | null, keys: object, place?: HeldPlace): void {
    const draft: Draft = { run_id: this.id, step, type, ...keys, ts: ts ?? this.#ts ?? 0 };
    if (ts !== null) {
      this.#settle(ts);
      if (place === undefined || this.#ts === undefined) this.#ts = ts;
    }
    if (this.#waiting === undefined) {
      this.#pass(draft, place);
      return;
    }
    // Before the first time that is told, there is no order in time to be kept.
    if (place !== undefined) this.#held.splice(this.#held.indexOf(place), 1);
    if (this.#waiting.push(draft) > MAX_WAITING) this.#settle(this.#output.unknownTs);
  }

  #settle(ts: number): void {
    const waiting = this.#waiting;
    if (waiting === undefined) return;
    this.#waiting = undefined;
    for (const draft of waiting) this.#pass({ ...draft, ts });
  }

  #pass(draft: Draft, place?: HeldPlace): void {
    if (place !== undefined) place.record = draft;
    else if (this.#held.length > 0) this.#held.push(draft);
    else this.#output.emit(draft as unknown as StepRecord);
    if (place !== undefined) this.#passHeld();
  }

  #passHeld(): void {
    const held = this.#held;
    const open = held.findIndex((it) => it instanceof HeldPlace && it.record === undefined);
    for (const it of held.splice(0, open < 0 ? held.length : open)) {
      const record = it instanceof HeldPlace ? it.record : it;
      if (record) this.#output.emit(record as unknown as StepRecord);
    }
  }
}

/** The place of a record that is not made yet; `null` where none came. */
export class HeldPlace {
  record: Draft | null | undefined;
}

interface Draft {
  readonly run_id: string;
  readonly step: number;
  readonly type: string;
  readonly ts: number;
}
