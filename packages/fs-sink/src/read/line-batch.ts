import { isAscii, isUtf8 } from "node:buffer";
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

/** Decodes a block of lines, all at once where it can: that is faster by a fifth than line by line. */
export function linesOf(block: Buffer, offset: number, maxLineBytes: number): (string | Damage)[] {
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

/** Makes a batch; `first` is the index of the line with which `block` begins. */
export function batchOf(
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
