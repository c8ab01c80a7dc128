// The offset basis and the prime of FNV-1a with 64 bits (RFC 9923).
const BASIS = 0xcbf29ce484222325n;
const PRIME = 0x100000001b3n;

/**
 * Makes an id of this many hex digits, the same for the same text: a trace or span of OpenTelemetry has
 * one of 32 or 16 that is not all zeros. No protection against texts that were made to collide.
 */
export function hexId(text: string, digits: 16 | 32): string {
  const bytes = new TextEncoder().encode(text);
  let id = "";
  for (let seed = 0; id.length < digits; seed++) {
    let hash = BASIS ^ BigInt(seed);
    for (const byte of bytes) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * PRIME);
    id += (hash === 0n ? 1n : hash).toString(16).padStart(16, "0");
  }
  return id;
}
