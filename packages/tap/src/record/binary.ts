// Few enough to be the arguments of a call, and a multiple of 3, so that parts of base64 fit together.
const PART = 8190;

/** Bytes as a text of one character each. */
export function latin1(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += PART) {
    text += String.fromCharCode(...bytes.subarray(at, at + PART));
  }
  return text;
}

/** The bytes of such a text. */
export function fromLatin1(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}

/** Base64 of bytes. */
export function base64(bytes: Uint8Array): string {
  return btoa(latin1(bytes));
}

/** The bytes of base64. */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return fromLatin1(atob(text));
}
