import { brotliDecompressSync, gunzipSync } from "node:zlib";
import type { Json } from "@step-log/core";
import type { Format, FormatOutput } from "../import/format.ts";
import {
  count,
  type Foreign,
  fields,
  list,
  milliseconds,
  parsed,
  text,
  unixSeconds,
} from "../records/foreign.ts";
import { responseCall } from "../records/response-call.ts";

/**
 * HTTP archives, `{"log":{"entries":[…]}}`: each exchange a `wire_call`, and a call of a model where the
 * response is one's.
 */
export const har: Format = {
  name: "har",
  recognises: (value) => Array.isArray(fields(fields(value)["log"])["entries"]),
  read: (output) => ({
    take(value) {
      const { entries, ...about } = fields(fields(value)["log"]);
      const all = list(entries).map(fields);
      const run = output.run(output.name, () => ({
        ts: unixSeconds(all[0]?.["startedDateTime"]),
        header: { metadata: { format: "har", ...about } },
      }));
      for (const entry of all) readEntry(run, entry);
    },
    end() {},
  }),
};

function readEntry(run: ReturnType<FormatOutput["run"]>, entry: Foreign): void {
  const startedAt = unixSeconds(entry["startedDateTime"]);
  const durationMs = milliseconds(entry["time"]);
  const ts = startedAt === null ? null : startedAt + (durationMs ?? 0) / 1000;
  const request = fields(entry["request"]);
  const response = fields(entry["response"]);
  const status = count(response["status"]) ?? 0;
  const body = bodyOf(response);
  const url = text(request["url"]) ?? "";
  run.record(ts, "wire_call", {
    request: {
      method: text(request["method"]) ?? "",
      url,
      headers: headersOf(request),
      body: wireBody(text(fields(request["postData"])["text"])),
    },
    response:
      status === 0
        ? null
        : {
            status,
            status_text: text(response["statusText"]) ?? "",
            url: "",
            headers: headersOf(response),
            body: wireBody(body),
          },
    attempt: 1,
    outcome: status === 0 ? "failed" : "complete",
    error: status === 0 ? "no response" : null,
    duration_ms: durationMs,
    time_to_headers_ms: milliseconds(fields(entry["timings"])["wait"]),
    time_to_first_byte_ms: null,
    time_to_first_token_ms: null,
  });
  const call = responseCall(lastResponse(body));
  if (call.input_tokens === null && call.output_tokens === null && call.stop_reason === null)
    return;
  const asked = fields(parsed(text(fields(request["postData"])["text"])));
  const failure = status < 400 ? null : `HTTP ${status}`;
  run.llmCall(ts, {
    ...call,
    model: call.model ?? text(asked["model"]),
    provider: providerOf(url),
    duration_ms: durationMs,
    ...(failure === null ? {} : { error: failure }),
  });
}

function headersOf(message: Foreign): Record<string, string> {
  const pairs = list(message["headers"]).map(fields);
  return Object.fromEntries(
    pairs.map(({ name, value }) => [String(name).toLowerCase(), String(value)]),
  );
}

// A response of a model has some kilobytes; what unpacks to more is left packed.
const MAX_BODY_BYTES = 64 * 2 ** 20;

/** The text of a body, also of one in base64, or in what recorders make of that: a list of base64 in JSON. */
function bodyOf(response: Foreign): string | null {
  const { text: content, encoding } = fields(response["content"]);
  if (typeof content !== "string" || encoding !== "base64") return text(content);
  const parts = parsed(content);
  const packed = Array.isArray(parts) ? parts.map(String) : [content];
  const bytes = Buffer.concat(packed.map((part) => Buffer.from(part, "base64")));
  const options = { maxOutputLength: MAX_BODY_BYTES };
  const coding = headersOf(response)["content-encoding"];
  try {
    if (coding === "gzip") return gunzipSync(bytes, options).toString();
    if (coding === "br") return brotliDecompressSync(bytes, options).toString();
  } catch {
    // Not packed after all, damaged, or too large.
  }
  return bytes.toString();
}

function wireBody(body: string | null): Json {
  return body === null ? null : { bytes: Buffer.byteLength(body), encoding: "utf8", data: body };
}

/** The response of a body: itself, or of a stream of events all that they tell of one. */
function lastResponse(body: string | null): unknown {
  const whole = parsed(body);
  if (typeof whole !== "string") return whole;
  let response: Foreign = {};
  for (const [, data] of whole.matchAll(/^data: ?(\{.*\})\s*$/gm)) {
    const event = fields(parsed(data));
    const part = fields(event["response"] ?? event["message"] ?? event);
    const known = Object.entries(part).filter(([, value]) => value !== null && value !== "");
    const usage = { ...fields(response["usage"]), ...fields(part["usage"]) };
    response = {
      ...response,
      ...Object.fromEntries(known),
      ...(Object.keys(usage).length > 0 ? { usage } : {}),
    };
  }
  return response;
}

function providerOf(url: string): string | null {
  const host = /^https?:\/\/([^/:]+)/.exec(url)?.[1] ?? "";
  if (host.endsWith("openai.com")) return "openai";
  if (host.endsWith("anthropic.com")) return "anthropic";
  if (host.endsWith("amazonaws.com")) return "aws.bedrock";
  return host.endsWith("googleapis.com") ? "gcp.gemini" : null;
}
