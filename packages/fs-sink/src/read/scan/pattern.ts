/** Bytes to compare with, eight at once; at least 4, none of them a line end. */
export class Pattern {
  readonly length: number;
  readonly first: number;
  /** The last four of up to 8, which may overlap the first. */
  readonly last: number;
  /** Those behind the first four of more than 8; the last eight of them may overlap those before. */
  readonly rest: Float64Array;

  constructor(bytes: Uint8Array) {
    const { length } = bytes;
    const words = new DataView(bytes.buffer, bytes.byteOffset, length);
    const rest = new Float64Array(length > 8 ? Math.ceil((length - 4) / 8) : 0);
    for (let i = 0; i < rest.length; i++) {
      rest[i] = words.getFloat64(Math.min(4 + 8 * i, length - 8), true);
    }
    this.length = length;
    this.first = words.getInt32(0, true);
    this.last = words.getInt32(length - 4, true);
    this.rest = rest;
  }
}

/**
 * Whether a pattern is there. Stops at a line end, but looks at up to 7 bytes behind it.
 *
 * Different texts are different as doubles: only a NaN does not equal itself, and 0 equals -0, and
 * their bytes are no UTF-8, or control characters.
 */
export function isAt(words: DataView, at: number, pattern: Pattern): boolean {
  if (words.getInt32(at, true) !== pattern.first) return false;
  const { length, rest } = pattern;
  if (length <= 8) return words.getInt32(at + length - 4, true) === pattern.last;
  const end = rest.length - 1;
  for (let i = 0, next = at + 4; i < end; i++, next += 8) {
    if (words.getFloat64(next, true) !== rest[i]) return false;
  }
  return words.getFloat64(at + length - 8, true) === rest[end];
}
