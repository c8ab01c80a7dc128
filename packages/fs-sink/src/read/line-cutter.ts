import { constants, isAscii, isUtf8 } from "node:buffer";
import { countNuls, type Damage, damageOf, tooLong } from "./damage.ts";

/** The lines that one push completed, without their `\n`. Valid until the next push. */
export interface LineBatch {
  /** In order; in place of a line that is not text, or too long, what is wrong with it. */
  readonly lines: readonly (string | Damage)[];
  /** Where a line begins, in bytes from the start of the file. Fast for ascending indexes. */
  offsetOf(index: number): number;
  /** The bytes of a line that is a string. */
  bytesOf(index: number): Buffer;
}

const NEWLINE = 10;
const EMPTY = Buffer.alloc(0);
// What a buffer grows to for a long line is given back when no more than half of the first is in use.
const SMALL_BYTES = 128 * 1024;
const LARGE_BYTES = 1024 * 1024;

/** Most that a line may have, in bytes: more does not fit into one string. */
export const MAX_LINE_BYTES: number = constants.MAX_STRING_LENGTH;

/**
 * Cuts a stream of bytes into lines, at `\n` alone.
 *
 * Memory stays below twice `maxLineBytes`, whatever comes: of a longer line nothing is kept but its
 * size. A byte order mark at the start of the file is passed over.
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
    if (last >= 0) return this.#cut(this.#length - rest.length + last, 1, long);
    if (this.#length - this.#from > this.#maxLineBytes) {
      this.#passOver(this.#buffer.subarray(this.#from, this.#length));
      this.#from = 0;
      this.#length = 0;
      this.#shrink();
    }
    return long && batchOf([long], EMPTY, 0);
  }

  /** Gives what is left at the end of the file, a line without `\n`; `undefined` when there is none. */
  end(): LineBatch | undefined {
    if (this.#passedOver > 0) return batchOf([this.#endOfLong(0)], EMPTY, 0);
    this.#keep(EMPTY);
    return this.pending === 0 ? undefined : this.#cut(this.#length, 0, undefined);
  }

  #cut(end: number, newline: number, long: Damage | undefined): LineBatch {
    const block = this.#buffer.subarray(this.#from, end);
    const offset = this.#offset;
    this.#offset += block.length + newline;
    this.#from = end + newline;
    const lines = linesOf(block, offset, this.#maxLineBytes);
    return batchOf(long === undefined ? lines : [long, ...lines], block, offset, long && 1);
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

/** One decoding for the whole block where that can be, which is four fifths of the speed. */
function linesOf(block: Buffer, offset: number, maxLineBytes: number): (string | Damage)[] {
  if (block.length <= maxLineBytes) {
    if (isAscii(block)) return block.toString("latin1").split("\n");
    if (isUtf8(block)) return block.toString().split("\n");
  }
  const lines: (string | Damage)[] = [];
  for (let start = 0, end = 0; start <= block.length; start = end + 1) {
    end = block.indexOf(NEWLINE, start);
    if (end < 0) end = block.length;
    const line = block.subarray(start, end);
    if (line.length > maxLineBytes) {
      lines.push(tooLong(offset + start, line.length, countNuls(line), maxLineBytes));
    } else {
      lines.push(isUtf8(line) ? line.toString() : damageOf(line, offset + start));
    }
  }
  return lines;
}

/** `first` is the index of the line with which `block` begins. */
function batchOf(
  lines: readonly (string | Damage)[],
  block: Buffer,
  offset: number,
  first = 0,
): LineBatch {
  let index = first;
  let start = 0;
  const seek = (wanted: number): number => {
    if (wanted < index) [index, start] = [first, 0];
    for (; index < wanted; index++) start = block.indexOf(NEWLINE, start) + 1;
    return start;
  };
  return {
    lines,
    offsetOf: (wanted) => offset + seek(wanted),
    bytesOf(wanted) {
      const from = seek(wanted);
      const end = block.indexOf(NEWLINE, from);
      return block.subarray(from, end < 0 ? block.length : end);
    },
  };
}
