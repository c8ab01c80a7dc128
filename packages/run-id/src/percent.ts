const OCTETS = /(?:%[\da-f]{2})+/gi;

/** Encodes a text so that it fits into a header: ASCII without space, comma, semicolon, quote, backslash. */
export function encodePercent(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

/**
 * Decodes what `encodePercent` and others encoded. Never throws: octets that are not UTF-8 become
 * U+FFFD, as W3C Baggage has it, and a `%` that begins no octet stays.
 */
export function decodePercent(text: string): string {
  return text.replace(OCTETS, (octets) => {
    const bytes = octets.slice(1).split("%");
    const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
    return decoder.decode(Uint8Array.from(bytes, (hex) => Number.parseInt(hex, 16)));
  });
}
