import type { WireBody } from "@step-log/core";
import type { BodyCopy } from "../capture/body-copy.ts";
import { base64, fromLatin1, latin1 } from "./binary.ts";

/** The mark behind a text that was cut, as in all records. */
const CUT = "…[truncated]";

/** A body for the record, and whether it is less than what went by. */
export interface RecordedBody {
  readonly body: WireBody;
  readonly isCut: boolean;
}

/** What was copied of a body, at most `maxBytes` of it, without what `scrub` takes out. */
export function wireBody(
  copy: BodyCopy,
  maxBytes: number,
  scrub: (text: string) => string,
): RecordedBody {
  if (copy.text !== undefined) return textBody(copy.text.toWellFormed(), maxBytes, scrub);
  const kept = copy.kept(maxBytes);
  const isCut = !copy.isWhole || kept.length < copy.bytes;
  const bytes = copy.isWhole ? copy.bytes : null;
  const text = utf8(kept, isCut);
  if (text !== undefined) {
    const data = isCut ? scrub(wholeWords(text)) + CUT : scrub(text);
    return { isCut, body: { bytes, encoding: "utf8", data } };
  }
  // One character a byte, so that a secret in it can be seen and the rest be put back as it was.
  const raw = latin1(kept);
  const safe = scrub(raw);
  const data = base64(safe === raw ? kept : fromLatin1(safe));
  return { isCut, body: { bytes, encoding: "base64", data } };
}

function textBody(text: string, maxBytes: number, scrub: (text: string) => string): RecordedBody {
  const whole = encoder.encode(text);
  const isCut = whole.length > maxBytes;
  const kept = isCut ? (utf8(whole.subarray(0, maxBytes), true) ?? "") : text;
  const data = isCut ? scrub(wholeWords(kept)) + CUT : scrub(text);
  return { isCut, body: { bytes: whole.length, encoding: "utf8", data } };
}

const encoder = new TextEncoder();
// A byte order mark is kept, since the bytes are to be had back.
const STRICT = { fatal: true, ignoreBOM: true };
const decoder = new TextDecoder("utf-8", STRICT);

/** The text of bytes that are UTF-8; a character that a cut has split is left out. */
function utf8(bytes: Uint8Array, isCut: boolean): string | undefined {
  try {
    if (!isCut) return decoder.decode(bytes);
    return new TextDecoder("utf-8", STRICT).decode(bytes, { stream: true });
  } catch {
    return undefined;
  }
}

// No credential of a known shape is longer, but for those known by their beginning.
const MAX_WORD = 512;

/** Without the last word, since half a credential would not be recognised as one. */
function wholeWords(text: string): string {
  const end = text.length - (/[\w.+/=~-]*$/.exec(text.slice(-MAX_WORD))?.[0].length ?? 0);
  return end > text.length - MAX_WORD ? text.slice(0, end) : text;
}
