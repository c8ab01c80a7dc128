import { countLines } from "./line-queue.ts";
import type { LogFile } from "./log-file.ts";

// As much as a pipe holds; some 200 records.
const RECENT_BYTES = 65_536;

/** Lines that were written without looking, kept until it is known that they stand in the file. */
export class RecentLines {
  readonly #bytes: Buffer = Buffer.allocUnsafe(RECENT_BYTES);
  #to = 0;
  /** Where the file ended before the first of them. */
  #before = 0;

  get isEmpty(): boolean {
    return this.#to === 0;
  }

  get count(): number {
    return countLines(this.#bytes.subarray(0, this.#to));
  }

  fits(line: Uint8Array): boolean {
    return line.length <= RECENT_BYTES - this.#to;
  }

  /** Appends a line that fits to the file; says whether it landed whole. Throws what the file throws. */
  append(line: Uint8Array, file: LogFile): boolean {
    if (this.#to === 0) this.#before = file.lineEnd;
    const from = this.#to;
    const to = from + line.length;
    this.#bytes.set(line, from);
    if (file.appendBlindly(this.#bytes, from, to) < to) return false;
    this.#to = to;
    return true;
  }

  /** The lines that do not stand in the file, and forgets all. Throws what the file throws. */
  takeMissing(file: LogFile): Buffer[] {
    if (this.#to === 0) return [];
    const spans = file.missing(this.#bytes, 0, this.#to, this.#before);
    const missing = spans.map(({ from, to }) => Buffer.from(this.#bytes.subarray(from, to)));
    this.#to = 0;
    return missing;
  }

  /** All of the lines, and forgets them. */
  takeAll(): Buffer {
    const all = Buffer.from(this.#bytes.subarray(0, this.#to));
    this.#to = 0;
    return all;
  }
}
