import type { ScannedRecord } from "./scanned-record.ts";

/**
 * What is read of a line. Numbers first, of which most lines have others than the one before; then texts
 * that come again and again, side by side; then names, of which there are few; then what is there or not.
 */
export const FIELDS: readonly (keyof ScannedRecord)[] = [
  "step",
  "ts",
  "duration_ms",
  "count",
  "input_tokens",
  "output_tokens",
  "cache_read_tokens",
  "cache_write_tokens",
  "reasoning_tokens",
  "run_id",
  "writer",
  "type",
  "tool",
  "model",
  "status",
  "stop_reason",
  "provider",
  "error",
  "usage",
  "tags",
];

// Indexes in FIELDS: where each kind of them begins, and some that are special.
export const DURATION = 2;
export const TEXTS = 9;
export const RUN_ID = 9;
export const NAMES = 11;
export const TYPE = 11;
export const FLAGS = 17;
/** Any other key. */
export const OTHER = 20;

/** What the lines have in common that have had the same keys in the same order, with the same names. */
export type Names = Partial<Pick<ScannedRecord, "tool" | "model" | "status">> &
  Partial<Pick<ScannedRecord, "stop_reason" | "provider" | "error" | "usage" | "tags">> & {
    readonly type?: string | null;
  };

/** What one line has that the next one may not have. */
export class LineValues {
  readonly numbers: Float64Array = new Float64Array(TEXTS);
  runId: string | null | undefined;
  writer: string | null | undefined;

  clear(): void {
    const { numbers } = this;
    for (let index = 0; index < TEXTS; index++) numbers[index] = Number.NaN;
    // A record without the key took no time, one in which it is `null` an unknown one.
    numbers[DURATION] = 0;
    this.runId = undefined;
    this.writer = undefined;
  }
}

type Text = string | null | undefined;
type Flag = true | null | undefined;

/** A line as a `ScannedRecord`, though it may not yet be one. Good for all lines that have its names, of which it shows the last one. */
export class ScannedLine {
  readonly type: Text;
  readonly tool: Text;
  readonly model: Text;
  readonly status: Text;
  readonly stop_reason: Text;
  readonly provider: Text;
  readonly error: Flag;
  readonly usage: Flag;
  readonly tags: Flag;
  readonly #values: LineValues;
  readonly #numbers: Float64Array;

  constructor(names: Names, values: LineValues) {
    this.type = names.type;
    this.tool = names.tool;
    this.model = names.model;
    this.status = names.status;
    this.stop_reason = names.stop_reason;
    this.provider = names.provider;
    this.error = names.error;
    this.usage = names.usage;
    this.tags = names.tags;
    this.#values = values;
    this.#numbers = values.numbers;
  }

  get step(): number {
    return this.#numbers[0] as number;
  }
  get ts(): number {
    return this.#numbers[1] as number;
  }
  get duration_ms(): number {
    return this.#numbers[2] as number;
  }
  get count(): number {
    return this.#numbers[3] as number;
  }
  get input_tokens(): number {
    return this.#numbers[4] as number;
  }
  get output_tokens(): number {
    return this.#numbers[5] as number;
  }
  get cache_read_tokens(): number {
    return this.#numbers[6] as number;
  }
  get cache_write_tokens(): number {
    return this.#numbers[7] as number;
  }
  get reasoning_tokens(): number {
    return this.#numbers[8] as number;
  }
  get run_id(): Text {
    return this.#values.runId;
  }
  get writer(): Text {
    return this.#values.writer;
  }
}
