import type { BadLine, StepRecord } from "@step-log/core";
import type { ValueListener } from "../read/json-values.ts";
import type { CleanValues } from "../records/clean-values.ts";
import { ImportedRun } from "../records/imported-run.ts";
import type { Format, FormatOutput, FormatReader } from "./format.ts";
import { FORMATS } from "./formats.ts";

/** What an import needs to know of one source. */
export interface FileImportOptions {
  readonly name: string;
  readonly location: string | undefined;
  readonly format: Format | undefined;
  readonly clean: CleanValues;
  readonly unknownTs: number;
}

// Transcripts may begin with a summary or a snapshot; so many values are looked at for one that tells.
const MAX_UNDECIDED = 1_000;
const MAX_UNDECIDED_BYTES = 16 * 2 ** 20;
// What one source may have open at once; a trace has one run, a transcript one for each sub-agent.
const MAX_RUNS = 100_000;

/** Makes records of the values of one source, once it is known what they are. */
export class FileImport implements ValueListener {
  /** What was made and not yet taken. */
  items: (StepRecord | BadLine)[] = [];
  format: Format | undefined;
  /** Whether the source had any value at all. */
  isEmpty = true;
  problems = 0;

  readonly #options: FileImportOptions;
  readonly #runs = new Map<string, ImportedRun>();
  readonly #output: FormatOutput;
  #reader: FormatReader | undefined;
  #undecided: { readonly value: unknown; readonly bytes: number }[] = [];
  #undecidedBytes = 0;
  #passedOver = 0;

  constructor(options: FileImportOptions) {
    const { name, clean, unknownTs } = options;
    this.#options = options;
    this.#output = {
      name,
      clean,
      unknownTs,
      emit: (record) => this.items.push(record),
      problem: (reason) => this.bad(reason, 0, 0),
      known: (runId) => this.#runs.get(runId),
      run: (runId, begin) => this.#run(runId, begin),
    };
    if (options.format !== undefined) this.#open(options.format);
  }

  value(value: unknown, bytes: number): void {
    this.isEmpty = false;
    if (this.#reader !== undefined) {
      this.#take(this.#reader, value);
      return;
    }
    this.#undecided.push({ value, bytes });
    this.#undecidedBytes += bytes;
    const format = FORMATS.find(({ recognises }) => recognises(value));
    if (format !== undefined) this.#open(format);
    else this.#passOver();
  }

  bad(reason: string, offset: number, bytes: number): void {
    const { location } = this.#options;
    this.problems++;
    this.items.push({
      type: "bad_line",
      offset,
      bytes,
      reason,
      ...(location === undefined ? {} : { location }),
    });
  }

  /** There is no more: passes on what was held back. */
  end(): void {
    this.#reader?.end();
    for (const run of this.#runs.values()) run.close();
  }

  #open(format: Format): void {
    this.format = format;
    const reader = format.read(this.#output);
    this.#reader = reader;
    if (this.#passedOver > 0) this.bad(`${this.#passedOver} values of no known format`, 0, 0);
    for (const { value } of this.#undecided) this.#take(reader, value);
    this.#undecided = [];
  }

  /** Lets go of the oldest values, where too many came before one that is known. */
  #passOver(): void {
    while (
      this.#undecided.length > MAX_UNDECIDED ||
      (this.#undecidedBytes > MAX_UNDECIDED_BYTES && this.#undecided.length > 0)
    ) {
      this.#undecidedBytes -= this.#undecided.shift()?.bytes ?? 0;
      this.#passedOver++;
    }
  }

  /** A value of a shape that nobody thought of must not end the import of the others. */
  #take(reader: FormatReader, value: unknown): void {
    try {
      reader.take(value);
    } catch (error) {
      this.bad(`not understood as ${this.format?.name}: ${(error as Error).message}`, 0, 0);
    }
  }

  #run(runId: string, begin: Parameters<FormatOutput["run"]>[1]): ImportedRun {
    const known = this.#runs.get(runId);
    if (known !== undefined) return known;
    if (this.#runs.size >= MAX_RUNS)
      throw new RangeError(`more than ${MAX_RUNS} runs in one source`);
    const { header, ts } = begin();
    const run = new ImportedRun(runId, header, ts, this.#output);
    this.#runs.set(runId, run);
    return run;
  }
}
