import { type BadLine, parseRecord, type StepRecord } from "@step-log/core";
import { LineScanner } from "./line-scanner.ts";
import type { Text } from "./scannable.ts";
import type { ScannedRecord } from "./scanned-record.ts";

/** Hears of every line of a log, records in their order. */
export interface ScanVisitor {
  /**
   * A record. Both are good until this returns: the object is shown again for others, and its fields change.
   *
   * @param whole Makes the whole record, which takes about three times as long as scanning it.
   */
  record(record: ScannedRecord, whole: () => StepRecord): void;
  /** A line that is none. Some records that stand behind it may have been shown before. */
  badLine(line: BadLine): void;
}

/** Shows lines to a visitor, without making records of them where that is not needed. */
export class LineVisit {
  readonly #scanner = new LineScanner();
  readonly #visitor: ScanVisitor;
  readonly #parsed: (record: StepRecord) => void;
  #text: Text | undefined;
  #from = 0;
  #end = 0;

  /** @param parsed Hears of the records that had to be parsed, in place of the visitor. */
  constructor(visitor: ScanVisitor, parsed: (record: StepRecord) => void) {
    this.#visitor = visitor;
    this.#parsed = parsed;
  }

  /** Reads the line that begins at `from`: gives where its `\n` is, or -1 when it has to be parsed. */
  scan(text: Text, from: number): number {
    if (this.#text !== text) this.#text = text;
    this.#from = from;
    this.#end = this.#scanner.scan(text, from);
    return this.#end;
  }

  /** Shows the line that was scanned; of one run only, if it is given. */
  showScanned(runId: string | undefined): void {
    const record = this.#scanner.record as ScannedRecord;
    if (runId === undefined || record.run_id === runId) this.#visitor.record(record, this.#whole);
  }

  show(item: StepRecord | BadLine): void {
    if (item.type === "bad_line") this.#visitor.badLine(item);
    else this.#parsed(item);
  }

  readonly #whole = (): StepRecord => {
    const line = this.#text?.bytes.toString("utf8", this.#from, this.#end) ?? "";
    // What was scanned is a record.
    return parseRecord(line) as StepRecord;
  };
}
