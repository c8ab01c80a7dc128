// Passes over JSON without making values of it. What is passed over is what JSON.parse takes: each
// function gives the index behind it, or -1 for anything else, or for what is left to JSON.parse.

import type { Text } from "./scannable.ts";

const SPACE = 32;
const QUOTE = 34;
const PLUS = 43;
const COMMA = 44;
const MINUS = 45;
const DOT = 46;
const ZERO = 48;
const NINE = 57;
const COLON = 58;
const OPEN_LIST = 91;
const BACKSLASH = 92;
const CLOSE_LIST = 93;
const OPEN_OBJECT = 123;
const CLOSE_OBJECT = 125;
const LETTER_E = 101;
const LETTER_U = 117;
const LETTER_N = 110;

// A bit for each level says whether an object or a list is open there.
const MAX_DEPTH = 31;

// Where a long text has more escapes than one in six bytes, JSON.parse is faster: text of nothing else took
// it 38 µs for 12 KB, this 63; JSON within JSON, one in four, 10.9 µs for 4.5 KB, this 11.5; prose with line
// ends and quotes, 28 µs for 8 KB, this 10 (processor time, Node 20).
const FEW_BYTES = 512;
const BYTES_AN_ESCAPE = 6;

/** The index behind a value. Blanks between its parts are left to JSON.parse. */
export function skipValue(text: Text, from: number): number {
  const { bytes } = text;
  let at = from;
  let depth = 0;
  let objects = 0;
  let isKey = false;
  for (;;) {
    const byte = bytes[at] as number;
    if (byte === QUOTE) {
      at = skipText(text, at + 1);
      if (isKey && at >= 0) {
        if (bytes[at] !== COLON) return -1;
        at++;
        isKey = false;
        continue;
      }
    } else if (isKey) {
      return -1;
    } else if (byte === OPEN_OBJECT || byte === OPEN_LIST) {
      at++;
      // `}` is two after `{` and `]` two after `[`.
      if (bytes[at] === byte + 2) {
        at++;
      } else {
        if (++depth > MAX_DEPTH) return -1;
        isKey = byte === OPEN_OBJECT;
        objects = (objects << 1) | (isKey ? 1 : 0);
        continue;
      }
    } else {
      at = isNumberStart(byte) ? skipNumber(bytes, at) : skipWord(bytes, at);
    }
    if (at < 0) return -1;
    for (;;) {
      if (depth === 0) return at;
      const isObject = (objects & 1) === 1;
      const next = bytes[at++] as number;
      if (next === COMMA) {
        isKey = isObject;
        break;
      }
      if (next !== (isObject ? CLOSE_OBJECT : CLOSE_LIST)) return -1;
      depth--;
      objects >>>= 1;
    }
  }
}

/** The index behind the closing quote of a text whose opening one is just before `from`. */
function skipText({ bytes, words }: Text, from: number): number {
  let at = from;
  for (let escapes = 1; ; escapes++) {
    at = stopAt(words, at);
    const byte = bytes[at++] as number;
    if (byte === QUOTE) return at;
    if (escapes * BYTES_AN_ESCAPE > at - from && at - from > FEW_BYTES) return -1;
    at = byte === BACKSLASH ? skipEscape(bytes, at) : -1;
    if (at < 0) return -1;
  }
}

/** Where a text without escapes ends, at its closing quote; -1 for others. */
export function plainEnd({ bytes, words }: Text, from: number): number {
  const at = stopAt(words, from);
  return bytes[at] === QUOTE ? at : -1;
}

/** Where the next byte is that may stop a text. */
function stopAt(words: DataView, from: number): number {
  for (let at = from; ; at += 8) {
    const first = stopsIn(words.getInt32(at, true));
    const second = stopsIn(words.getInt32(at + 4, true));
    if (first !== 0) return at + firstOf(first);
    if (second !== 0) return at + 4 + firstOf(second);
  }
}

/**
 * Looks in four bytes at once for what may stop a text: the highest bit is set of each byte that is a
 * quote, a backslash or a control character, and of no other.
 */
function stopsIn(word: number): number {
  const low = word & 0x7f7f7f7f;
  const others =
    ((low ^ 0x22222222) + 0x7f7f7f7f) & ((low ^ 0x5c5c5c5c) + 0x7f7f7f7f) & (low + 0x60606060);
  return ~(others | word) & -0x7f7f7f80;
}

/** Which of four bytes is the first of those whose highest bit is set: 0 to 3. */
export function firstOf(stop: number): number {
  return (31 - Math.clz32(stop & -stop)) >> 3;
}

/** The index behind a number. */
export function skipNumber(bytes: Uint8Array, from: number): number {
  let at = bytes[from] === MINUS ? from + 1 : from;
  if (bytes[at] === ZERO) at++;
  else at = skipDigits(bytes, at);
  if (at < 0) return -1;
  if (bytes[at] === DOT) at = skipDigits(bytes, at + 1);
  if (at < 0) return -1;
  if (((bytes[at] as number) | SPACE) !== LETTER_E) return at;
  at++;
  if (bytes[at] === PLUS || bytes[at] === MINUS) at++;
  return skipDigits(bytes, at);
}

/** Whether a number may begin with this byte. */
export function isNumberStart(byte: number): boolean {
  return isDigit(byte) || byte === MINUS;
}

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= NINE;
}

function skipDigits(bytes: Uint8Array, from: number): number {
  let at = from;
  while (isDigit(bytes[at] as number)) at++;
  return at > from ? at : -1;
}

function skipEscape(bytes: Uint8Array, at: number): number {
  const byte = bytes[at] as number;
  if (byte !== LETTER_U) return ESCAPES[byte] === 1 ? at + 1 : -1;
  for (let digit = at + 1; digit <= at + 4; digit++) {
    if (!isHex(bytes[digit] as number)) return -1;
  }
  return at + 5;
}

// A table, since asking a Buffer what it includes calls C++, 50 ns.
const ESCAPES = Uint8Array.from({ length: 256 }, (_, byte) =>
  '"\\/bfnrt'.includes(String.fromCharCode(byte)) ? 1 : 0,
);

function isHex(byte: number): boolean {
  const small = byte | SPACE;
  return isDigit(byte) || (small >= 97 && small <= 102);
}

function skipWord(bytes: Uint8Array, at: number): number {
  for (const word of WORDS) {
    let length = 0;
    while (length < word.length && bytes[at + length] === word[length]) length++;
    if (length === word.length) return at + length;
  }
  return -1;
}

const WORDS = ["null", "true", "false"].map((word) => Buffer.from(word));

/** Whether `null` is there. */
export function isNullAt(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === LETTER_N && skipWord(bytes, at) === at + 4;
}
