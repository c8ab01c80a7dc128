import type { WireBody, WireCallRecord } from "@step-log/core";
import { fromBase64 } from "../record/binary.ts";

/** The bytes of a recorded body, but for credentials as they were sent; none where there was none. */
export function bodyBytes(body: WireBody | null): Uint8Array<ArrayBuffer> {
  if (body === null) return new Uint8Array(0);
  return body.encoding === "base64" ? fromBase64(body.data) : new TextEncoder().encode(body.data);
}

/** Whether a part of a body is not in the record. */
export function isCutBody({ truncated }: WireCallRecord, of: "request" | "response"): boolean {
  return truncated?.some(({ path }) => path.startsWith(`/${of}/body`)) ?? false;
}
