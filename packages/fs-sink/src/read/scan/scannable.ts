/** Lines to look at byte by byte, or several bytes at once. */
export interface Text {
  /** UTF-8, with a line end, where every loop stops: a control character is part of no value. */
  readonly bytes: Buffer;
  /** The same, and at least 7 bytes behind them. */
  readonly words: DataView;
}

/** Makes lines ready to be scanned; gives nothing for what has no line end, or too little behind it. */
export function scannable(bytes: Buffer): Text | undefined {
  const words = new DataView(bytes.buffer, bytes.byteOffset);
  const isReady = bytes.at(-1) === NEWLINE && words.byteLength >= bytes.length + BEHIND_BYTES;
  return isReady ? { bytes, words } : undefined;
}

const NEWLINE = 10;
// The last of eight bytes that are looked at from the line end on.
const BEHIND_BYTES = 7;
