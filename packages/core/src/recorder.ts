import { type ErrorListeners, errorListeners } from "./error-listeners.ts";
import { StepLogError, type StepLogErrorCode } from "./errors.ts";
import { Plain } from "./plain.ts";
import type { Json, StepRecord, Tags } from "./record.ts";
import { type Redactor, redactor } from "./redact/redactor.ts";
import type { Sink } from "./sink.ts";
import type { StepLogOptions, StepOptions } from "./step-log-options.ts";
import { Summarizer } from "./summary/summarizer.ts";
import { type Line, toLine } from "./to-line.ts";
import { common, type Draft, finished } from "./to-record.ts";

const MAX_BYTES = 1024 * 1024;
// Room for the keys of the record itself, which are not payload.
const OWN_KEYS_BYTES = 512;

/** Fills the own keys of a record in. */
export type Fill<Input> = (draft: Draft, input: Input, plain: Plain) => void;

/** The way of a record: numbered, copied into plain data, one line, summarised, to the sink. */
export class Recorder {
  readonly runId: string;
  readonly sink: Sink;
  readonly listeners: ErrorListeners;
  readonly summarizer: Summarizer = new Summarizer();
  recorded = 0;
  bytes = 0;
  dropped = 0;
  redacted = 0;
  truncated = 0;

  readonly #writer: string | undefined;
  readonly #tags: Tags | undefined;
  readonly #maxBytes: number;
  readonly #redactor: Redactor | undefined;
  readonly #redactRecord: ((record: StepRecord) => StepRecord) | undefined;
  readonly #plain: Plain;
  #busy = false;
  #step: number;
  // Lost records that no line tells of yet, and those that no flush told of.
  #owed = 0;
  #unreported = 0;

  constructor(
    options: StepLogOptions,
    runId: string,
    writer: string | undefined,
    lastStep: number,
  ) {
    const { sink, redact = true, payload } = options;
    this.runId = runId;
    this.sink = sink;
    this.listeners = errorListeners(options.onError);
    this.#writer = writer;
    this.#maxBytes = payload?.maxBytes ?? MAX_BYTES;
    this.#redactRecord = typeof redact === "function" ? redact : undefined;
    this.#redactor =
      redact === false || typeof redact === "function"
        ? undefined
        : redactor(redact === true ? {} : redact, (pattern, cause) => {
            const message = `the pattern ${pattern} of redact failed and is no longer used`;
            this.listeners.tell(new StepLogError("CALLBACK_FAILED", message, { cause }));
          });
    this.#plain = this.#newPlain();
    this.#tags = options.tags && (this.plain(options.tags, "tags") as Tags);
    this.#step = lastStep;
  }

  /** Gives out the number of the next step. */
  nextStep(): number {
    return ++this.#step;
  }

  /** Writes one record. Never throws: what cannot be written is counted. */
  write<Input extends StepOptions>(
    type: StepRecord["type"],
    step: number,
    input: Input,
    fill: Fill<Input>,
  ): void {
    // A getter in one record may make another.
    const nested = this.#busy;
    this.#busy = true;
    try {
      if (this.#owed > 0) this.#tellLoss();
      const plain = nested ? this.#newPlain() : this.#plain.renew(this.#maxBytes);
      const draft: Draft = { run_id: this.runId, step, type };
      if (this.#writer !== undefined) draft["writer"] = this.#writer;
      common(draft, input, this.#tags, plain);
      fill(draft, input, plain);
      draft["ts"] = Date.now() / 1000;
      this.#commit(draft, plain);
    } catch (cause) {
      this.#lose(
        "RECORD_FAILED",
        `${type} ${step} of run ${this.runId} could not be recorded`,
        cause,
      );
    } finally {
      this.#busy = nested;
    }
  }

  /** Copies a value as `write` would, for use in several records. */
  plain(value: unknown, key: string): Json {
    return this.#newPlain().value(value, key);
  }

  /** Lost records since the last call. */
  takeUnreported(): number {
    const lost = this.#unreported;
    this.#unreported = 0;
    return lost;
  }

  #newPlain(): Plain {
    return new Plain(this.#redactor, this.#maxBytes);
  }

  #commit(draft: Draft, plain: Plain): void {
    if (plain.cuts.length > 0) draft["truncated"] = plain.cuts;
    let record = this.#redactRecord === undefined ? draft : this.#redactedByUser(draft);
    let line = toLine(record);
    if (line.bytes > this.#maxBytes + OWN_KEYS_BYTES) {
      record = this.#shrunk(record);
      line = toLine(record);
    }
    if (line.repaired) record = JSON.parse(line.text);
    if (plain.redactions > 0) this.redacted++;
    if (record["truncated"] !== undefined) this.truncated++;
    this.#send(finished(record), line);
  }

  #send(record: StepRecord, line: Line): void {
    try {
      this.sink.write({ runId: this.runId, step: record.step, record, line: line.text });
    } catch (cause) {
      const message = `sink ${this.sink.name} threw; a sink must not`;
      this.#lose("SINK_FAILED", message, cause);
      return;
    }
    this.recorded++;
    this.bytes += line.bytes;
    this.summarizer.add(record);
  }

  /** What the user's function makes of a record; who and when stay as they were. */
  #redactedByUser(draft: Draft): Draft {
    const copy = new Plain(undefined, this.#maxBytes + OWN_KEYS_BYTES);
    const record = copy.value(this.#redactRecord?.(finished(draft)), "record");
    const { run_id, step, type, ts } = draft;
    return { ...(record as Draft), run_id, step, type, ts };
  }

  /** Cuts what is within the limit by its length but not by its size in UTF-8. */
  #shrunk(record: Draft): Draft {
    const plain = new Plain(undefined, this.#maxBytes, true);
    const smaller: Draft = {};
    for (const [key, value] of Object.entries(record)) {
      const both = key === "input" && record["output"] !== undefined;
      smaller[key] = plain.value(value, key, both ? 0.5 : 1);
    }
    const earlier = (record["truncated"] ?? []) as readonly Json[];
    smaller["truncated"] = [...earlier, ...plain.cuts];
    return smaller;
  }

  #lose(code: StepLogErrorCode, message: string, cause: unknown): void {
    this.dropped++;
    this.#owed++;
    this.#unreported++;
    this.listeners.tell(new StepLogError(code, message, { cause, lost: 1 }));
  }

  #tellLoss(): void {
    const count = this.#owed;
    this.#owed = 0;
    const record: Draft = { run_id: this.runId, step: this.nextStep(), type: "log_dropped" };
    if (this.#writer !== undefined) record["writer"] = this.#writer;
    Object.assign(record, { count, bytes: 0, reason: "not recordable", ts: Date.now() / 1000 });
    this.#send(finished(record), toLine(record));
  }
}
