/**
 * Makes a UUID of version 7 (RFC 9562, section 5.7): 48 bits of Unix milliseconds, then 74 random
 * bits, so that ids sort by the time at which they were made.
 */
export function uuidV7(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  let time = Date.now();
  for (let i = 5; i >= 0; i--) {
    bytes[i] = time % 256;
    time = Math.floor(time / 256);
  }
  let id = "";
  for (let i = 0; i < 16; i++) {
    let byte = bytes[i] as number;
    if (i === 6) byte = (byte & 0x0f) | 0x70; // version 7
    if (i === 8) byte = (byte & 0x3f) | 0x80; // variant of RFC 9562
    if (i === 4 || i === 6 || i === 8 || i === 10) id += "-";
    id += (byte + 256).toString(16).slice(1);
  }
  return id;
}
