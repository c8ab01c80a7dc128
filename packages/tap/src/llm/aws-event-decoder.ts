import { type EventDecoder, MAX_EVENT_BYTES, type OnEvent } from "./event-decoder.ts";
import { fields, text } from "./fields.ts";

// A message: 4 bytes its length, 4 that of the headers, 4 a checksum, headers, payload, 4 a checksum
// (smithy.io, "Amazon Event Stream Specification"). Checksums are for the SDK, which must not act on
// damaged data.
const PRELUDE_BYTES = 12;
const CHECKSUM_BYTES = 4;

const utf8 = new TextDecoder();

/** Amazon's binary event stream, `application/vnd.amazon.eventstream`. */
export function awsEventDecoder(onEvent: OnEvent): EventDecoder {
  let rest: Uint8Array = new Uint8Array(0);
  let parts: Uint8Array[] = [];
  let buffered = 0;
  let wanted = PRELUDE_BYTES;
  return {
    push(chunk) {
      parts.push(new Uint8Array(chunk));
      buffered += chunk.length;
      if (buffered < wanted) return;
      rest = joined(parts, buffered);
      let at = 0;
      for (wanted = PRELUDE_BYTES; rest.length - at >= wanted; ) {
        const length = view(rest, at).getUint32(0);
        if (length < PRELUDE_BYTES + CHECKSUM_BYTES || length > MAX_EVENT_BYTES) {
          throw new RangeError(`an event of ${length} bytes`);
        }
        wanted = length;
        if (rest.length - at < length) break;
        readEvent(rest.subarray(at, at + length), onEvent);
        at += length;
        wanted = PRELUDE_BYTES;
      }
      rest = rest.slice(at);
      parts = [rest];
      buffered = rest.length;
    },
  };
}

function readEvent(message: Uint8Array, onEvent: OnEvent): void {
  const headersEnd = PRELUDE_BYTES + view(message, 0).getUint32(4);
  const headers = headersIn(message.subarray(PRELUDE_BYTES, headersEnd));
  const payload = utf8.decode(message.subarray(headersEnd, message.length - CHECKSUM_BYTES));
  const type = headers.get(":event-type");
  const exception = headers.get(":exception-type") ?? headers.get(":error-code");
  if (exception !== undefined) {
    const said = headers.get(":error-message") ?? messageIn(payload);
    onEvent(JSON.stringify({ type: "error", error: { type: exception, message: said } }), "error");
  } else if (type === "chunk") {
    // InvokeModel's: the model's own event within.
    const encoded = text(fields(JSON.parse(payload))["bytes"]) ?? "";
    onEvent(utf8.decode(Uint8Array.from(atob(encoded), (char) => char.charCodeAt(0))), type);
  } else {
    onEvent(payload, type);
  }
}

// How many bytes the value of a header takes by its type, -1 where 2 bytes before it say so.
const VALUE_BYTES = [0, 0, 1, 2, 4, 8, -1, -1, 8, 16];

/** The headers that are texts. */
function headersIn(bytes: Uint8Array): Map<string, string> {
  const headers = new Map<string, string>();
  const data = view(bytes, 0);
  for (let at = 0; at < bytes.length; ) {
    const nameEnd = at + 1 + data.getUint8(at);
    const name = utf8.decode(bytes.subarray(at + 1, nameEnd));
    const fixed = VALUE_BYTES[data.getUint8(nameEnd)];
    if (fixed === undefined) break;
    const from = nameEnd + (fixed < 0 ? 3 : 1);
    at = from + (fixed < 0 ? data.getUint16(nameEnd + 1) : fixed);
    if (fixed < 0) headers.set(name, utf8.decode(bytes.subarray(from, at)));
  }
  return headers;
}

function messageIn(payload: string): string {
  try {
    return text(fields(JSON.parse(payload))["message"]) ?? payload;
  } catch {
    return payload;
  }
}

function view(bytes: Uint8Array, at: number): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset + at);
}

function joined(parts: readonly Uint8Array[], length: number): Uint8Array {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
