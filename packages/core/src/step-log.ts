import { waitFor } from "./abort.ts";
import { attempt } from "./attempt.ts";
import { isStepLogError, StepLogError } from "./errors.ts";
import { readResponse } from "./read-response.ts";
import type { RunStatus } from "./record.ts";
import { Recorder } from "./recorder.ts";
import { currentRun } from "./run-context.ts";
import type { FlushOptions, Sink, SinkStats } from "./sink.ts";
import {
  checkOptions,
  type LlmCall,
  type RunInfo,
  type StepLogOptions,
  type StepOptions,
  type ToolCall,
} from "./step-log-options.ts";
import type { Summary } from "./summary/summary.ts";
import { summaryToWire } from "./summary/summary-to-wire.ts";
import { timed } from "./timed.ts";
import { event, llmCall, runEnd, runStart, runStatus, stepStart, toolCall } from "./to-record.ts";
import { uuidV7 } from "./uuid-v7.ts";

/** What a function run by `tool` or `llm` is told. */
export interface RunningStep {
  /** The number of the step, to give to steps within as `parentStep`. */
  readonly step: number;
}

/** What `tool` takes beside name, input and function. */
export interface ToolOptions extends StepOptions {
  /** The id under which the model asked for the call. */
  readonly toolCallId?: string;
}

/** What `llm` takes beside the function. */
export interface LlmOptions<T> extends Omit<LlmCall, "durationMs" | "error"> {
  /** Reads the call out of what the function gave. Default: the shapes of Anthropic and OpenAI. */
  readonly read?: (result: T) => LlmCall;
}

/** What `child` takes. */
export interface ChildOptions extends StepOptions {
  /** Default: a new UUID of version 7. */
  readonly runId?: string;
  readonly run?: Omit<RunInfo, "parentRunId" | "rootRunId">;
}

/** What `end` takes. */
export interface EndOptions {
  /** @defaultValue `"ok"`, with an error `"error"` */
  readonly status?: RunStatus;
  /** What ended the run, thrown or a text. */
  readonly error?: unknown;
}

/** How a log stands. */
export interface StepLogStats {
  /** Records handed to the sink. */
  readonly recorded: number;
  /** Records of this run that were lost, by the log or, as far as it tells, by the sink. */
  readonly dropped: number;
  /** Bytes handed to the sink. */
  readonly bytes: number;
  /** Records in which a credential was replaced. */
  readonly redacted: number;
  /** Records of which a part was cut. */
  readonly truncated: number;
  /** How the sink stands, with all its runs, if it tells. */
  readonly sink: SinkStats | null;
}

// A flush that hangs must not keep an agent from ending.
const CLOSE_TIMEOUT_MS = 10_000;

/**
 * Records one run of an agent.
 *
 * Every method that records is synchronous, returns the number of the step, and neither throws nor
 * blocks. Misuse throws a `TypeError`, from the constructor and `child` alone.
 */
export class StepLog {
  readonly runId: string;
  /** Where the records go. */
  readonly sink: Sink;

  /** @internal */
  readonly _recorder: Recorder;
  /** @internal */
  readonly _options: StepLogOptions;
  /** @internal */
  readonly _rootRunId: string;
  /** @internal */
  _ended = false;
  /** @internal */
  _closing: Promise<void> | undefined;
  /** @internal */
  readonly _unlisten: (() => void) | undefined;

  /** @throws TypeError for options that cannot be meant. */
  constructor(options: StepLogOptions) {
    checkOptions(options);
    const { sink, runId, onError } = options;
    const current = currentRun();
    const ambient = runId === undefined || runId === current?.runId ? current : undefined;
    const joined = attempt(() => ambient?.join?.()) ?? false;
    const { resume = joined } = options;
    const run: RunInfo = { ...ambient, ...(options.run || {}) };
    this._options = options;
    this.sink = sink;
    // Well-formed, as it is in the records, so that a sink finds it under the same name.
    this.runId = (runId ?? ambient?.runId ?? uuidV7()).toWellFormed();
    this._rootRunId = run.rootRunId ?? run.parentRunId ?? this.runId;
    const writer = options.writer ?? (resume ? uuidV7().slice(-8) : undefined);
    const lastStep = resume ? attempt(() => sink.lastStep?.(this.runId)) : 0;
    this._recorder = new Recorder(options, this.runId, writer, lastStep ?? 0);
    const { listeners } = this._recorder;
    this._unlisten = onError && attempt(() => sink.onError?.(listeners.tell));
    if (options.run === false || resume) return;
    this._recorder.write("run_start", 0, { parentStep: run.parentStep }, (draft, _, plain) =>
      runStart(draft, run, plain),
    );
  }

  /** Records a call of a model. */
  recordLlmCall(call: LlmCall): number {
    const step = this._recorder.nextStep();
    this._recorder.write("llm_call", step, call, llmCall);
    return step;
  }

  /** Records a call of a tool. */
  recordToolCall(call: ToolCall): number {
    const step = this._recorder.nextStep();
    this._recorder.write("tool_call", step, call, toolCall);
    return step;
  }

  /** Records anything else that is worth a step. */
  recordEvent(name: string, data?: unknown, options: StepOptions = {}): number {
    const step = this._recorder.nextStep();
    this._recorder.write("event", step, options, (draft, _, plain) =>
      event(draft, name, data, plain),
    );
    return step;
  }

  /**
   * Runs a tool: timed and recorded; what it throws is recorded with its context and thrown on. Of
   * whatever can be awaited comes a plain promise, which settles after the record was made.
   */
  tool<T>(
    name: string,
    input: unknown,
    fn: (running: RunningStep) => PromiseLike<T>,
    options?: ToolOptions,
  ): Promise<T>;
  tool<T>(name: string, input: unknown, fn: (running: RunningStep) => T, options?: ToolOptions): T;
  tool<T>(
    name: string,
    input: unknown,
    fn: (running: RunningStep) => PromiseLike<T> | T,
    options?: ToolOptions,
  ): Promise<T> | T {
    const step = this._recorder.nextStep();
    // Copied now, since the tool may change it.
    const call = { ...options, tool: name, input: this._recorder.copied(input, "input") };
    if (this._options.inFlight !== false) {
      this._recorder.write("step_start", step, { ...call, of: "tool_call" as const }, stepStart);
    }
    return timed(
      () => fn({ step }),
      (outcome) => {
        const { durationMs } = outcome;
        const result = outcome.ok ? { output: outcome.value } : thrown(outcome.error);
        this._recorder.write("tool_call", step, { ...call, ...result, durationMs }, toolCall);
      },
    );
  }

  /**
   * Wraps a function so that each call of it is recorded as `tool` does; one argument is the input,
   * several are a list. It may be a method: `this` is passed on.
   */
  wrapTool<Args extends readonly unknown[], T>(
    name: string,
    fn: (...args: Args) => PromiseLike<T>,
    options?: ToolOptions,
  ): (...args: Args) => Promise<T>;
  wrapTool<Args extends readonly unknown[], T>(
    name: string,
    fn: (...args: Args) => T,
    options?: ToolOptions,
  ): (...args: Args) => T;
  wrapTool<Args extends readonly unknown[], T>(
    name: string,
    fn: (...args: Args) => T,
    options?: ToolOptions,
  ): (...args: Args) => T {
    const log = this;
    return function (this: unknown, ...args: Args): T {
      const input = args.length > 1 ? args : args[0];
      return log.tool(name, input, () => Reflect.apply(fn, this, args), options);
    };
  }

  /**
   * Runs a call of a model: timed, its usage read from the response, recorded; what it throws is
   * recorded and thrown on. Of whatever can be awaited comes a plain promise, as from `tool`.
   */
  llm<T>(fn: (running: RunningStep) => PromiseLike<T>, options?: LlmOptions<T>): Promise<T>;
  llm<T>(fn: (running: RunningStep) => T, options?: LlmOptions<Awaited<T>>): T;
  llm<T>(
    fn: (running: RunningStep) => PromiseLike<T> | T,
    options: LlmOptions<T> = {},
  ): Promise<T> | T {
    const step = this._recorder.nextStep();
    const { read = readResponse, ...known } = options;
    if (this._options.inFlight !== false) {
      this._recorder.write("step_start", step, { ...known, of: "llm_call" as const }, stepStart);
    }
    return timed(
      () => fn({ step }),
      (outcome) => {
        const { durationMs } = outcome;
        const result = outcome.ok ? this._read(read, outcome.value) : thrown(outcome.error);
        this._recorder.write("llm_call", step, { ...known, ...result, durationMs }, llmCall);
      },
    );
  }

  /**
   * Begins the run of a sub-agent, a log of its own over the same sink that names this run as its
   * parent. Give the step that started it as `parentStep`.
   */
  child(options: ChildOptions = {}): StepLog {
    const { resume, writer, ...inherited } = this._options;
    const { runId = uuidV7(), run, tags, parentStep } = options;
    const origin = { parentRunId: this.runId, rootRunId: this._rootRunId, parentStep };
    return new StepLog({
      ...inherited,
      ...(tags === undefined ? {} : { tags: { ...inherited.tags, ...tags } }),
      runId,
      // Without a header where the parent has none, unless one is asked for.
      run: inherited.run === false && run === undefined ? false : { ...run, ...origin },
    });
  }

  /** Totals so far, without reading anything back. */
  summarize(): Summary {
    return this._recorder.summarizer.summary();
  }

  /** Counts of what was recorded and what was lost. */
  stats(): StepLogStats {
    const { recorded, bytes, redacted, truncated } = this._recorder;
    const ofRun = attempt(() => this.sink.stats?.(this.runId));
    const dropped = this._recorder.dropped + (ofRun?.dropped ?? 0);
    const sink = attempt(() => this.sink.stats?.()) ?? null;
    return { recorded, dropped, bytes, redacted, truncated, sink };
  }

  /** Writes `run_end` with the summary; the second call does nothing. */
  end(options: EndOptions = {}): void {
    if (this._ended) return;
    this._ended = true;
    if (this._options.run === false) return;
    const recorder = this._recorder;
    recorder.write("run_end", recorder.nextStep(), {}, (draft, _, plain) => {
      const status = runStatus(options.status, options.error);
      const summary = summaryToWire({ ...this.summarize(), status });
      runEnd(draft, status, options.error, summary, plain);
    });
  }

  /**
   * Resolves when all records made before are as safe as the sink promises.
   *
   * @throws StepLogError with `lost` and `pending`, when some are not: `RECORD_FAILED`, `SINK_FAILED`,
   * `ABORTED`, and the codes of the sink.
   */
  async flush(options?: FlushOptions): Promise<void> {
    const lost = this._recorder.takeUnreported();
    try {
      await this.sink.flush(options);
    } catch (cause) {
      const known = isStepLogError(cause) ? cause : undefined;
      if (known !== undefined && lost === 0) throw known;
      throw new StepLogError(known?.code ?? "SINK_FAILED", `run ${this.runId}: flush failed`, {
        cause,
        lost: lost + (known?.lost ?? 0),
        pending: known?.pending ?? 0,
      });
    }
    if (lost === 0) return;
    const message = `${lost} records of run ${this.runId} could not be recorded`;
    throw new StepLogError("RECORD_FAILED", message, { lost });
  }

  /**
   * Ends the run as `end` does and flushes, for at most 10 s unless a signal is given. The sink stays
   * open, since it may serve other runs. Never rejects: what was lost is told to `onError`; call
   * `flush` before to have it thrown.
   */
  close(options?: FlushOptions): Promise<void> {
    this._closing ??= this._close(options);
    return this._closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** @internal */
  async _close(options: FlushOptions = {}): Promise<void> {
    this.end();
    // Not AbortSignal.timeout, whose timer would let the process end before it is due.
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(), CLOSE_TIMEOUT_MS);
    const signal = options.signal ?? deadline.signal;
    const pending = () => this.sink.stats?.().pending ?? 0;
    await waitFor(this.flush({ signal }), signal, pending).catch(this._recorder.listeners.tell);
    clearTimeout(timer);
    attempt(() => this._unlisten?.());
  }

  /** @internal What a reader makes of a response; one that throws leaves the call without usage. */
  _read<T>(read: (result: T) => LlmCall, result: T): LlmCall {
    try {
      const known = Object.entries(read(result)).filter(([, value]) => (value ?? null) !== null);
      return Object.fromEntries(known);
    } catch (cause) {
      const message = "could not read the response of a model call; it is recorded without usage";
      this._recorder.listeners.tell(new StepLogError("CALLBACK_FAILED", message, { cause }));
      return {};
    }
  }
}

/** What was thrown, so that `throw undefined` is an error too. */
function thrown(error: unknown): { readonly error: unknown } {
  return { error: error ?? String(error) };
}
