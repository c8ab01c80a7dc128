import {
  errorContext,
  type Json,
  type Truncation,
  type WireBody,
  type WireCallRecord,
} from "@step-log/core";
import type { BodyCopy } from "../capture/body-copy.ts";
import type { Exchange } from "../capture/exchange.ts";
import type { Scrubber } from "./scrubber.ts";
import { wireBody } from "./wire-body.ts";

/** Who and when a record is of. */
export type RecordIdentity = Pick<WireCallRecord, "run_id" | "step" | "writer">;

/** An ended exchange as a record, with nothing in it that the scrubber takes out. */
export function wireRecord(
  exchange: Exchange,
  identity: RecordIdentity,
  maxBodyBytes: number,
  scrub: Scrubber,
): WireCallRecord {
  const cuts: Truncation[] = [];
  const { response, link, error } = exchange;

  function bodyOf(copy: BodyCopy | undefined, path: string): WireBody | null {
    if (copy === undefined) return null;
    const { body, isCut } = wireBody(copy, maxBodyBytes, scrub.text);
    if (isCut) cuts.push({ path, bytes: body.bytes, sha256: null });
    return body;
  }

  const request = {
    method: exchange.method,
    url: scrub.url(exchange.url),
    headers: scrub.headers(exchange.requestHeaders),
    body: bodyOf(exchange.requestBody, "/request/body/data"),
  };
  const record = {
    run_id: identity.run_id,
    step: identity.step,
    type: "wire_call" as const,
    ...(identity.writer === undefined ? {} : { writer: identity.writer }),
    ...(link.parentStep === undefined ? {} : { parent_step: link.parentStep }),
    request,
    response: response
      ? {
          status: response.status,
          status_text: response.statusText,
          url: scrub.url(response.url),
          headers: scrub.headers(response.headers),
          body: bodyOf(exchange.responseBody, "/response/body/data"),
        }
      : null,
    attempt: exchange.attempt,
    outcome: exchange.outcome ?? "unfinished",
    ...thrown(error, scrub),
    duration_ms: micros(exchange.durationMs),
    time_to_headers_ms: micros(exchange.headersMs),
    time_to_first_byte_ms: micros(exchange.firstByteMs),
    time_to_first_token_ms: micros(exchange.firstTokenMs),
  };
  return {
    ...record,
    ...(cuts.length > 0 ? { truncated: cuts } : {}),
    ts: exchange.endedAt,
  };
}

function thrown(error: unknown, scrub: Scrubber): Pick<WireCallRecord, "error" | "error_context"> {
  if (error === undefined) return { error: null };
  const context = errorContext(error);
  const safe = JSON.parse(JSON.stringify(context), (_, value: Json) =>
    typeof value === "string" ? scrub.text(value) : value,
  );
  return { error: safe.message || safe.type, error_context: safe };
}

/** To the microsecond; more digits are noise of the clock. */
function micros(ms: number | null): number | null {
  return ms === null ? null : Math.round(ms * 1000) / 1000;
}
