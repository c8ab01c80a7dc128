/** How many UTF-16 units of a well-formed text fit into `limit` bytes of JSON. */
export function fitting(text: string, limit: number): number {
  let bytes = 0;
  for (let i = 0; i < text.length; i++) {
    bytes += jsonUnitBytes(text.charCodeAt(i));
    if (bytes > limit) return i;
  }
  return text.length;
}

/** Size of a well-formed text inside a JSON string, in UTF-8 bytes, never too low. */
export function jsonBytes(text: string): number {
  let bytes = 0;
  for (let i = 0; i < text.length; i++) bytes += jsonUnitBytes(text.charCodeAt(i));
  return bytes;
}

/** Size of a well-formed `text` in UTF-8 bytes. */
export function utf8Bytes(text: string): number {
  const { Buffer } = globalThis as { Buffer?: { byteLength(text: string): number } };
  if (Buffer !== undefined) return Buffer.byteLength(text); // some 50 times as fast
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    // A surrogate is half of a pair of 4 bytes.
    if (unit > 0x7f) bytes += unit < 0x800 || (unit & 0xf800) === 0xd800 ? 1 : 2;
  }
  return bytes;
}

/**
 * The first `units` of `text` or a little less: a word is not cut in two, since half a credential
 * would not be recognised as one, nor is a surrogate pair.
 */
export function cutText(text: string, units: number): string {
  let end = units;
  // No credential of a known shape is longer, but for JWTs and PEM blocks, known by their beginning.
  const earliest = Math.max(0, end - 512);
  while (end > earliest && WORD.test(text.charAt(end - 1))) end--;
  if (end === earliest) end = units;
  if ((text.charCodeAt(end - 1) & 0xfc00) === 0xd800) end--;
  return text.slice(0, Math.max(0, end));
}

const WORD = /[\w.+/=~-]/;

function jsonUnitBytes(unit: number): number {
  if (unit < 0x20) return 6;
  if (unit < 0x7f) return unit === 0x22 || unit === 0x5c ? 2 : 1;
  if (unit < 0xa0) return 6;
  if (unit < 0x800) return unit === 0x61c ? 6 : 2;
  if ((unit & 0xf800) === 0xd800) return 2; // half of a pair of 4 bytes
  return (unit & 0xff80) === 0x2000 ? 6 : 3;
}
