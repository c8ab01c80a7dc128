import { constants } from "node:buffer";
import { countNuls, type Damage, tooLong } from "./damage.ts";
import { LineBatch } from "./line-batch.ts";

const NEWLINE = 10;
const EMPTY = Buffer.alloc(0);
// What a buffer grows to for a long line is given back when no more than half of the first is in use.
const SMALL_BYTES = 128 * 1024;
const LARGE_BYTES = 1024 * 1024;

// More does not fit into one string.
const MAX_LINE_BYTES = constants.MAX_STRING_LENGTH;

/**
 * Cuts a stream of bytes into lines, at `\n` alone.
 *
 * Memory stays within a few times `maxLineBytes`, whatever comes: of a longer line nothing is kept
 * but its size. A byte order mark at the start of the file is passed over.
 */
export class LineCutter {
  readonly #maxLineBytes: number;
  // The bytes from #from to #length await their `\n`; those before are of the last batch.
  #buffer: Buffer = EMPTY;
  #from = 0;
  #length = 0;
  #offset: number;
  #passedOver = 0;
  #nulsPassedOver = 0;

  constructor(maxLineBytes: number, offset = 0) {
    this.#maxLineBytes = Math.min(maxLineBytes, MAX_LINE_BYTES);
    this.#offset = offset;
  }

  /** Where the first line begins that is not yet complete. */
  get offset(): number {
    return this.#offset;
  }

  /** How many bytes of that line have come. */
  get pending(): number {
    return this.#passedOver + this.#length - this.#from;
  }

  /** Takes the next bytes, which may be overwritten afterwards. */
  push(bytes: Buffer): LineBatch | undefined {
    let rest = bytes;
    let long: Damage | undefined;
    if (this.#passedOver > 0) {
      const end = bytes.indexOf(NEWLINE);
      this.#passOver(end < 0 ? bytes : bytes.subarray(0, end));
      if (end < 0) return undefined;
      long = this.#endOfLong(1);
      rest = bytes.subarray(end + 1);
    }
    this.#keep(rest);
    const last = rest.lastIndexOf(NEWLINE);
    if (last >= 0) return this.#cut(this.#length - rest.length + last + 1, long);
    if (this.#length - this.#from > this.#maxLineBytes) {
      this.#passOver(this.#buffer.subarray(this.#from, this.#length));
      this.#from = 0;
      this.#length = 0;
      this.#shrink();
    }
    return long && this.#batch(EMPTY, long);
  }

  /** Gives what is left at the end of the file, a line without `\n`; `undefined` when there is none. */
  end(): LineBatch | undefined {
    if (this.#passedOver > 0) return this.#batch(EMPTY, this.#endOfLong(0));
    this.#keep(EMPTY);
    return this.pending === 0 ? undefined : this.#cut(this.#length);
  }

  /** Gives the lines up to `end`, which is behind the `\n` of the last one, if it has one. */
  #cut(end: number, long?: Damage): LineBatch {
    const batch = this.#batch(this.#buffer.subarray(this.#from, end), long);
    this.#offset += end - this.#from;
    this.#from = end;
    return batch;
  }

  #batch(bytes: Buffer, long: Damage | undefined): LineBatch {
    return new LineBatch(bytes, this.#offset, this.#maxLineBytes, long);
  }

  /** Moves what is left to the front and puts `bytes` behind it. */
  #keep(bytes: Buffer): void {
    const left = this.#length - this.#from;
    this.#buffer.copyWithin(0, this.#from, this.#length);
    this.#from = 0;
    this.#length = left;
    if (left < SMALL_BYTES / 2) this.#shrink();
    if (left + bytes.length > this.#buffer.length) {
      const larger = Buffer.allocUnsafeSlow(2 * (left + bytes.length));
      this.#buffer.copy(larger, 0, 0, left);
      this.#buffer = larger;
    }
    bytes.copy(this.#buffer, left);
    this.#length += bytes.length;
    if (this.#offset === 0 && startsWithMark(this.#buffer, this.#length)) {
      this.#offset = MARK.length;
      this.#from = MARK.length;
    }
  }

  /** Gives the memory of a long line back. */
  #shrink(): void {
    if (this.#buffer.length <= LARGE_BYTES) return;
    const smaller = Buffer.allocUnsafeSlow(SMALL_BYTES);
    this.#buffer.copy(smaller, 0, 0, this.#length);
    this.#buffer = smaller;
  }

  #passOver(bytes: Buffer): void {
    this.#passedOver += bytes.length;
    this.#nulsPassedOver += countNuls(bytes);
  }

  #endOfLong(newline: number): Damage {
    const bytes = this.#passedOver;
    const damage = tooLong(this.#offset, bytes, this.#nulsPassedOver, this.#maxLineBytes);
    this.#offset += bytes + newline;
    this.#passedOver = 0;
    this.#nulsPassedOver = 0;
    return damage;
  }
}

const MARK = Buffer.from([0xef, 0xbb, 0xbf]);

function startsWithMark(buffer: Buffer, end: number): boolean {
  return end >= MARK.length && buffer.compare(MARK, 0, MARK.length, 0, MARK.length) === 0;
}
