import type { Text } from "./skip-json.ts";

/** Makes lines ready to be scanned; gives nothing for what has no line end, or too little behind it. */
export function scannable(bytes: Buffer): Text | undefined {
  const words = new DataView(bytes.buffer, bytes.byteOffset);
  const isReady = bytes.at(-1) === NEWLINE && words.byteLength >= bytes.length + BEHIND_BYTES;
  return isReady ? { bytes, words } : undefined;
}

const NEWLINE = 10;
// The last of four bytes that are looked at from the line end on.
const BEHIND_BYTES = 3;
