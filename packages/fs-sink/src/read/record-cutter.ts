import { isUtf8 } from "node:buffer";
import { type BadLine, parseRecord, type StepRecord } from "@step-log/core";
import { badLineError } from "./bad-line-error.ts";
import { type Damage, damageOf } from "./damage.ts";
import type { LineBatch } from "./line-batch.ts";
import { LineCutter } from "./line-cutter.ts";
import type { LineVisit } from "./scan/line-visit.ts";
import { scannable } from "./scan/scannable.ts";

/**
 * What to do about a line that is no record:
 *
 * - `"salvage"`: pass it on as `BadLine` and go on.
 * - `"tail"`: the same at the end of a file, where a writer may have been killed; throw anywhere else.
 * - `"strict"`: throw.
 */
export type ReadMode = "salvage" | "tail" | "strict";

/** What a file gives, in its order. */
export type ReadItem = StepRecord | BadLine;

/** Options of `RecordCutter`. */
export interface RecordCutterOptions {
  readonly mode: ReadMode;
  readonly maxLineBytes: number;
  /** A quick look at a line before it is parsed: `false` passes it over. */
  readonly wants?: ((line: string) => boolean) | undefined;
  /** Only records of this run, and bad lines. */
  readonly runId?: string | undefined;
  /** Shows the records, in place of giving them. */
  readonly into?: LineVisit;
  /** Where the bytes begin within the file. */
  readonly offset?: number;
  /** Hears of every bad line before it is passed on. */
  readonly onDamage?: (damage: Damage) => void;
}

/**
 * Makes records of the bytes of one file.
 *
 * Every method throws StepLogError `BAD_LINE` where the mode has it so.
 */
export class RecordCutter {
  readonly #path: string;
  readonly #options: RecordCutterOptions;
  readonly #cutter: LineCutter;
  #held: Damage | undefined;
  #lineCount = 0;
  #badCount = 0;
  #isTorn = false;

  constructor(path: string, options: RecordCutterOptions) {
    this.#path = path;
    this.#options = options;
    this.#cutter = new LineCutter(options.maxLineBytes, options.offset);
  }

  /** Where the first line begins that is not yet complete, in bytes from the start of the file. */
  get offset(): number {
    return this.#cutter.offset;
  }

  /** How many bytes of that line have come. */
  get pending(): number {
    return this.#cutter.pending;
  }

  /** How many lines have come, blank ones not counted. */
  get lineCount(): number {
    return this.#lineCount;
  }

  /** Whether the last line has no end and is no record. Known after `end`. */
  get isTorn(): boolean {
    return this.#isTorn;
  }

  /** Whether a bad line is held back, until it is seen whether it is the last one. */
  get isHolding(): boolean {
    return this.#held !== undefined;
  }

  /** Takes the next bytes, and gives what they completed. */
  push(bytes: Buffer): ReadItem[] {
    const batch = this.#cutter.push(bytes);
    return batch === undefined ? [] : this.#items(batch);
  }

  /** Gives what the end of the file completes: a last line without `\n`. */
  end(): ReadItem[] {
    const batch = this.#cutter.end();
    const before = this.#badCount;
    const items = batch === undefined ? [] : this.#items(batch);
    this.#isTorn = this.#badCount > before;
    return [...items, ...this.stop()];
  }

  /** Gives what was held back, and leaves a line that is not complete. */
  stop(): ReadItem[] {
    const items = this.#held === undefined ? [] : [this.#held];
    this.#held = undefined;
    return items;
  }

  /** Passes on a problem of the file itself, after which nothing can be read. */
  fail(damage: Damage): ReadItem[] {
    if (this.#options.mode === "strict") throw badLineError(damage);
    this.#options.onDamage?.(damage);
    return [...this.end(), damage];
  }

  #items(batch: LineBatch): ReadItem[] {
    const items: ReadItem[] = [];
    const { into } = this.#options;
    if (into === undefined) this.#parse(batch, items);
    else this.#scan(batch, items, into);
    return items;
  }

  #parse(batch: LineBatch, items: ReadItem[]): void {
    const lines = batch.lines();
    const { runId, wants, into } = this.#options;
    for (let index = 0; index < lines.length; index++) {
      const line = lines[index];
      if (line === undefined || line === "") continue;
      if (typeof line !== "string") {
        this.#bad(line, items);
        continue;
      }
      if (wants?.(line) === false) {
        this.#good();
        continue;
      }
      const record = parseRecord(line);
      if (record.type !== "bad_line") {
        this.#good();
        if (runId !== undefined && record.run_id !== runId) continue;
        if (into === undefined) items.push(record);
        else into.show(record);
      } else if (/[^ \t\r]/.test(line)) {
        const { reason } = record;
        this.#bad(damageOf(batch.bytesOf(index), batch.offsetOf(index), reason), items);
      }
    }
  }

  /** Scans the lines, and parses those that cannot be scanned. */
  #scan(batch: LineBatch, items: ReadItem[], into: LineVisit): void {
    const { bytes, long, maxLineBytes } = batch;
    const { runId } = this.#options;
    if (long !== undefined) this.#bad(long, items);
    const text = isUtf8(bytes) ? scannable(bytes) : undefined;
    for (let start = 0; start < bytes.length; ) {
      const end = text === undefined ? -1 : into.scan(text, start);
      if (end >= 0 && end - start <= maxLineBytes) {
        this.#good();
        into.showScanned(runId);
        start = end + 1;
      } else {
        const line = batch.lineAt(start);
        this.#parse(line, items);
        start += line.bytes.length;
      }
    }
  }

  #good(): void {
    this.#lineCount++;
    if (this.#held !== undefined) throw badLineError(this.#held);
  }

  #bad(found: Damage, items: ReadItem[]): void {
    const damage = { ...found, location: this.#path };
    this.#good();
    this.#badCount++;
    this.#options.onDamage?.(damage);
    if (this.#options.mode === "strict") throw badLineError(damage);
    if (this.#options.mode === "tail") this.#held = damage;
    else items.push(damage);
  }
}
