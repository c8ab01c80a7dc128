import { isUtf8 } from "node:buffer";
import { type BadLine, parseRecord } from "@step-log/core";

/**
 * What is wrong with a line:
 *
 * - `cut`: a record without its end, left by a writer that was killed or a disk that was full.
 * - `glued`: something that is no record, and behind it, on the same line, a whole one.
 * - `joined`: two whole records on one line.
 * - `nul`: zero bytes, which some file systems leave after a power cut, and truncation under a writer.
 * - `too_long`, `not_utf8`, `no_record`: as they say.
 * - `unreadable`: not the line but the file; what there is of it could not be read.
 */
export type DamageKind =
  | "cut"
  | "glued"
  | "joined"
  | "nul"
  | "too_long"
  | "not_utf8"
  | "no_record"
  | "unreadable";

/** A bad line, and what this reader found out about it. */
export interface Damage extends BadLine {
  readonly damage: DamageKind;
  /** How many of its bytes are zero. */
  readonly nulBytes: number;
  /** Of a `glued` line: where in it the whole record begins, in bytes. */
  readonly recordAt?: number;
}

/** Finds out what is wrong with a line; `reason` is what `parseRecord` said of it, if it was asked. */
export function damageOf(line: Buffer, offset: number, reason?: string): Damage {
  const bytes = line.at(-1) === CR ? line.length - 1 : line.length;
  const nulBytes = countNuls(line);
  const found = (damage: DamageKind, why: string): Damage => ({
    type: "bad_line",
    offset,
    bytes,
    reason: why,
    damage,
    nulBytes,
  });
  if (nulBytes === line.length) return found("nul", `${nulBytes} zero bytes`);
  const { recordAt, joined, open } = structure(line);
  if (joined) return found("joined", "two records on one line");
  if (recordAt > 0) {
    const why = `${recordAt} bytes that are no record, and a whole record after them`;
    return { ...found("glued", why), recordAt };
  }
  if (nulBytes > 0) return found("nul", `${nulBytes} zero bytes`);
  if (open) return found("cut", "cut off before its end");
  if (!isUtf8(line)) return found("not_utf8", "not UTF-8");
  return found("no_record", reason ?? "no record");
}

/** A line that was passed over because of its length. */
export function tooLong(offset: number, bytes: number, nulBytes: number, maxBytes: number): Damage {
  const common = { type: "bad_line", offset, bytes, nulBytes } as const;
  return nulBytes === bytes
    ? { ...common, damage: "nul", reason: `${nulBytes} zero bytes` }
    : { ...common, damage: "too_long", reason: `longer than ${maxBytes} bytes (maxLineBytes)` };
}

/** Part of a file, or all of it, that cannot be read. */
export function unreadable(location: string, reason: string, offset = 0, bytes = 0): Damage {
  return { type: "bad_line", offset, bytes, reason, location, damage: "unreadable", nulBytes: 0 };
}

/** Counts zero bytes; long runs of them, gigabytes in a file with a hole, by the block. */
export function countNuls(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(0); at >= 0; at = bytes.indexOf(0, at)) {
    while (bytes[at] === 0) {
      const isBlock =
        bytes.length - at >= ZEROS.length &&
        bytes.compare(ZEROS, 0, ZEROS.length, at, at + ZEROS.length) === 0;
      const length = isBlock ? ZEROS.length : 1;
      at += length;
      count += length;
    }
  }
  return count;
}

const ZEROS = Buffer.alloc(4096);
const [TAB, CR, SPACE, QUOTE, COMMA, COLON, BACKSLASH] = [9, 13, 32, 34, 44, 58, 92];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [91, 93, 123, 125];
// As step-log writes a record, and Python's json.dumps.
const RECORD_HEAD = Buffer.from('{"run_id"');

// Deeper down it is not known whether a list or an object is open; a line can be all brackets.
const MAX_DEPTH = 1_000;

interface Structure {
  /** Where the last whole record begins, when something else stands before it; otherwise 0. */
  readonly recordAt: number;
  readonly joined: boolean;
  /** Whether strings, lists or objects are left open at the end. */
  readonly open: boolean;
}

/**
 * Looks for a record that was written behind the rest of another.
 *
 * What looks like the head of a record may also be a value inside one: tool output is written by
 * strangers. So a head counts only where no valid JSON can have it: inside a string, where its quote
 * would be escaped, or where no value can stand.
 */
function structure(line: Buffer): Structure {
  let start = 0;
  let joined = false;
  let depth = 0;
  const isList: boolean[] = []; // by depth, as far as it is kept
  let inString = false;
  let before = -1; // the last byte outside of strings that is no blank
  for (let at = 0; at < line.length; at++) {
    const byte = line[at];
    if (byte === OPEN_OBJECT && before !== -1 && isHead(line, at)) {
      const inList = depth > MAX_DEPTH || isList[depth] === true;
      const mayBeValue = before === COLON || (inList && (before === COMMA || before === OPEN_LIST));
      if (inString || !mayBeValue) {
        joined = before === CLOSE_OBJECT && depth === 0 && !inString && isRecord(line, start, at);
        if (joined) break;
        start = at;
        depth = 0;
        inString = false;
      }
    }
    if (inString) {
      // `\{` is no escape: the backslash was the last byte of what was cut.
      if (byte === BACKSLASH && line[at + 1] !== OPEN_OBJECT) at++;
      else if (byte === QUOTE) inString = false;
      continue;
    }
    if (byte === QUOTE) inString = true;
    else if (byte === OPEN_OBJECT || byte === OPEN_LIST) {
      depth++;
      if (depth <= MAX_DEPTH) isList[depth] = byte === OPEN_LIST;
    } else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) depth--;
    if (byte !== SPACE && byte !== TAB && byte !== CR) before = byte ?? 0;
  }
  const recordAt = start > 0 && isRecord(line, start, line.length) ? start : 0;
  return { recordAt, joined, open: depth > 0 || inString };
}

function isHead(line: Buffer, at: number): boolean {
  const end = at + RECORD_HEAD.length;
  return end <= line.length && line.compare(RECORD_HEAD, 0, RECORD_HEAD.length, at, end) === 0;
}

function isRecord(line: Buffer, start: number, end: number): boolean {
  const part = line.subarray(start, end);
  return isUtf8(part) && parseRecord(part.toString()).type !== "bad_line";
}
