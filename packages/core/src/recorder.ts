import { type ErrorListeners, errorListeners, sharedListeners } from "./error-listeners.ts";
import { isStepLogError, StepLogError, sinkThrew } from "./errors.ts";
import { type FastLines, fastLines, lineHead } from "./line/fast-line.ts";
import { Copied, MAX_CUTS, Plain, type Values } from "./line/plain.ts";
import { RAW_VALUES } from "./line/raw-values.ts";
import { type Line, toLine } from "./line/to-line.ts";
import { TextEntry, WrittenEntry } from "./line/written-entry.ts";
import type { StepRecord, Tags, Truncation } from "./record.ts";
import { type Redactor, redactor } from "./redact/redactor.ts";
import type { Entry, Sink } from "./sink.ts";
import type { StepLogOptions, StepOptions } from "./step-log-options.ts";
import { Summarizer } from "./summary/summarizer.ts";
import { common, type Draft, finished, tagsOf } from "./to-record.ts";

const MAX_BYTES = 1024 * 1024;
// Room for the keys of the record itself, which are not payload.
const OWN_KEYS_BYTES = 512;

/** Fills the own keys of a record in. */
export type Fill<Input> = (draft: Draft, input: Input, values: Values) => void;

/**
 * The way of a record: numbered, one line, summarised, to the sink. Plain data is written as it is;
 * anything else, and what has to be redacted or cut, is first copied into plain data.
 */
export class Recorder {
  readonly runId: string;
  readonly sink: Sink;
  readonly listeners: ErrorListeners;
  readonly summarizer: Summarizer = Summarizer.ofOneWriter();
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
  readonly #fast: FastLines | undefined;
  readonly #head: Uint8Array | undefined;
  #busy = false;
  #step: number;
  // Lost records that no line tells of yet, and those that no flush told of.
  #owed = 0;
  #lostStep = 0;
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
    this.listeners = options.onError ? sharedListeners(options.onError) : errorListeners();
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
    this.#head = lineHead(runId);
    this.#fast = this.#redactRecord === undefined ? fastLines(this.#redactor) : undefined;
    this.#tags = tagsOf(options.tags, this.#plain);
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
      if (this.#writeFast(type, step, input, fill)) return;
      const plain = nested ? this.#newPlain() : this.#plain.renew(this.#maxBytes);
      this.#commit(this.#draft(type, step, input, fill, plain), plain);
    } catch (cause) {
      const message = `${type} ${step} of run ${this.runId} could not be recorded`;
      const error = new StepLogError("RECORD_FAILED", message, { cause, lost: 1 });
      this.dropped++;
      this.#owed++;
      this.#lostStep = step;
      this.#unreported++;
      this.listeners.tell(isStepLogError(cause) ? cause : error);
    } finally {
      this.#busy = nested;
    }
  }

  /** Copies a value as `write` would, for use in several records. */
  copied(value: unknown, key: string): Copied {
    return new Copied(value, key, this.#newPlain(), this.#maxBytes);
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

  #draft<Input extends StepOptions>(
    type: StepRecord["type"],
    step: number,
    input: Input,
    fill: Fill<Input>,
    values: Values,
  ): Draft {
    const draft: Draft = { run_id: this.runId, step, type };
    if (this.#writer !== undefined) draft["writer"] = this.#writer;
    common(draft, input, this.#tags, values);
    fill(draft, input, values);
    draft["ts"] = Date.now() / 1000;
    return draft;
  }

  /** Writes the record, if it is plain data in which nothing has to be changed; else says no. */
  #writeFast<Input extends StepOptions>(
    type: StepRecord["type"],
    step: number,
    input: Input,
    fill: Fill<Input>,
  ): boolean {
    if (this.#fast === undefined || this.#head === undefined) return false;
    let draft: Draft;
    try {
      draft = this.#draft(type, step, input, fill, RAW_VALUES);
    } catch {
      return false;
    }
    const line = this.#fast.write(this.#head, draft, this.#maxBytes);
    if (line === undefined) return false;
    const { page, from, to } = line;
    this.#send(finished(draft), new WrittenEntry(this.runId, step, page, from, to), to - from);
    return true;
  }

  #commit(draft: Draft, plain: Plain): void {
    let record = withCuts(draft, plain);
    if (this.#redactRecord !== undefined) record = this.#redactedByUser(record, this.#redactRecord);
    let line = toLine(record);
    if (line.repaired) record = JSON.parse(line.text);
    if (line.bytes > this.#maxBytes + OWN_KEYS_BYTES) {
      // It is within the limit by its length, but not by its size in UTF-8.
      record = copyOf(record, new Plain(undefined, this.#maxBytes, true));
      line = toLine(record);
    }
    if (plain.redactions > 0) this.redacted++;
    if (record["truncated"] !== undefined) this.truncated++;
    this.#sendLine(finished(record), line);
  }

  #sendLine(record: StepRecord, line: Line): void {
    this.#send(record, new TextEntry(this.runId, record.step, line.text), line.bytes);
  }

  /** @param record What the summary is told, which needs no more than the numbers and names in it. */
  #send(record: StepRecord, entry: Entry, bytes: number): void {
    try {
      this.sink.write(entry);
    } catch (cause) {
      throw sinkThrew(this.sink.name, cause);
    }
    this.recorded++;
    this.bytes += bytes;
    this.summarizer.add(record);
  }

  /** What the user's function makes of a record; who and when stay as they were. */
  #redactedByUser(draft: Draft, redact: (record: StepRecord) => StepRecord): Draft {
    // A copy, since it may change what it gets, and parts of that are in other records too.
    const result: unknown = redact(JSON.parse(JSON.stringify(draft)));
    if (typeof result !== "object" || result === null) throw new TypeError("redact gave no record");
    const { run_id, step, type, ts } = draft;
    return { ...copyOf(result, new Plain(undefined, this.#maxBytes)), run_id, step, type, ts };
  }

  #tellLoss(): void {
    const count = this.#owed;
    this.#owed = 0;
    // Under the number of what was lost, as sinks do, so that no step is missing without a word.
    const record: Draft = { run_id: this.runId, step: this.#lostStep, type: "log_dropped" };
    if (this.#writer !== undefined) record["writer"] = this.#writer;
    Object.assign(record, { count, bytes: 0, reason: "not recordable", ts: Date.now() / 1000 });
    try {
      this.#sendLine(finished(record), toLine(record));
    } catch {
      this.#owed += count; // to be told before the next record
    }
  }
}

// These are short, and would mean something else if they were cut.
const KEPT = /^(?:run_id|type|writer|schema|of|status|runtime|truncated)$/;
const SHAPED = /^(?:agent|error_context)$/;
const LARGE = /^(?:input|output|metadata|usage|data|summary)$/;

/** Copies a record, what may be large last, so that nothing else is cut for it. */
function copyOf(record: object, plain: Plain): Draft {
  const copy: Draft = { ...record };
  for (const large of [false, true]) {
    for (const [key, value] of Object.entries(copy)) {
      if (LARGE.test(key) !== large || KEPT.test(key)) continue;
      const share = key === "input" && copy["output"] !== undefined ? 0.5 : 1;
      if (key === "tags") copy[key] = tagsOf(value, plain);
      else if (SHAPED.test(key)) copy[key] = plain.shaped(value, key);
      else copy[key] = plain.value(value, key, share);
    }
  }
  return withCuts(copy, plain);
}

/** Adds what was cut of a record; what of a value that was cut before is known already. */
function withCuts(record: Draft, { cuts }: Plain): Draft {
  if (cuts.length === 0) return record;
  const earlier = (record["truncated"] ?? []) as readonly Truncation[];
  const later = cuts.filter(({ path }) => earlier.every((cut) => cut.path !== path));
  record["truncated"] = [...earlier, ...later].slice(0, MAX_CUTS);
  return record;
}
