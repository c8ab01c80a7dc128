import { isAscii, isUtf8 } from "node:buffer";

/** A line of a source: its text, or why it has none. */
export interface Line {
  readonly text?: string;
  readonly reason?: string;
  /** Where it begins, in bytes of the unpacked source. */
  readonly offset: number;
  readonly bytes: number;
}

const NEWLINE = 10;
const MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/** Cuts bytes into lines at `\n`; of one that is longer than `maxBytes` nothing is kept but its size. */
export class LineCutter {
  readonly #maxBytes: number;
  // What has come of the line that is not complete.
  #parts: Buffer[] = [];
  #pending = 0;
  #offset = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Takes the next bytes, which it keeps; gives the lines that they completed. */
  push(bytes: Buffer): Line[] {
    const lines: Line[] = [];
    const last = bytes.lastIndexOf(NEWLINE);
    if (last < 0) {
      this.#keep(bytes);
      return lines;
    }
    const first = bytes.indexOf(NEWLINE);
    this.#keep(bytes.subarray(0, first));
    lines.push(this.#take(1));
    this.#block(bytes.subarray(first + 1, last + 1), lines);
    this.#keep(bytes.subarray(last + 1));
    return lines;
  }

  /** Gives the last line, which has no end; `undefined` when there is none. */
  end(): Line | undefined {
    return this.#pending === 0 ? undefined : this.#take(0);
  }

  /** Whole lines, each with its end; decoded at once where they are ASCII, which is the fastest way. */
  #block(block: Buffer, lines: Line[]): void {
    if (block.length > 0 && block.length <= this.#maxBytes && isAscii(block)) {
      for (const text of block.toString("latin1", 0, block.length - 1).split("\n")) {
        lines.push({ text, offset: this.#offset, bytes: text.length });
        this.#offset += text.length + 1;
      }
      return;
    }
    for (let from = 0; from < block.length; ) {
      const end = block.indexOf(NEWLINE, from);
      this.#keep(block.subarray(from, end));
      lines.push(this.#take(1));
      from = end + 1;
    }
  }

  #keep(bytes: Buffer): void {
    this.#pending += bytes.length;
    if (this.#pending > this.#maxBytes) this.#parts = [];
    else if (bytes.length > 0) this.#parts.push(bytes);
  }

  #take(newline: number): Line {
    const [offset, bytes, parts] = [this.#offset, this.#pending, this.#parts];
    this.#offset += bytes + newline;
    this.#pending = 0;
    this.#parts = [];
    if (bytes > this.#maxBytes) {
      const reason = `longer than ${this.#maxBytes} bytes (maxValueBytes)`;
      return { reason, offset, bytes };
    }
    const whole = parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts);
    const isMarked = offset === 0 && whole.subarray(0, 3).equals(MARK);
    const text = (isMarked ? whole.subarray(3) : whole).toString();
    return isUtf8(whole)
      ? { text, offset, bytes }
      : { text, reason: "not UTF-8: read with U+FFFD in its place", offset, bytes };
  }
}
