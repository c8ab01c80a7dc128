import { type BadLine, type StepRecord, Summarizer, type Summary } from "@step-log/core";
import { LineScanner } from "./line-scanner.ts";
import type { Text } from "./skip-json.ts";

/** Sums up lines, without making records of them where that is not needed. */
export class LineSummary {
  readonly #scanner = new LineScanner();
  readonly #summarizer = new Summarizer();

  /** Reads the line that begins at `from`: gives where its `\n` is, or -1 when it has to be parsed. */
  scan(text: Text, from: number): number {
    return this.#scanner.scan(text, from);
  }

  /** Adds the line that was scanned; of one run only, if it is given. */
  addScanned(runId: string | undefined): void {
    const { record } = this.#scanner;
    if (runId !== undefined && record.run_id !== runId) return;
    // Less than the type says, but all that is looked at.
    this.#summarizer.add(record as unknown as StepRecord);
  }

  add(item: StepRecord | BadLine): void {
    this.#summarizer.add(item);
  }

  summary(): Summary {
    return this.#summarizer.summary();
  }
}

/** Makes lines ready to be scanned; gives nothing for what has no line end, or too little behind it. */
export function scannable(bytes: Buffer): Text | undefined {
  const words = new DataView(bytes.buffer, bytes.byteOffset);
  const isReady = bytes.at(-1) === NEWLINE && words.byteLength >= bytes.length + BEHIND_BYTES;
  return isReady ? { bytes, words } : undefined;
}

const NEWLINE = 10;
// The last of four bytes that are looked at from the line end on.
const BEHIND_BYTES = 3;
