import type { WireBody, WireCallRecord, WireRequest, WireResponse } from "@step-log/core";

/** A log in the HTTP Archive format 1.2, which browsers' developer tools and proxies open. */
export interface Har {
  readonly log: {
    readonly version: "1.2";
    readonly creator: { readonly name: string; readonly version: string };
    readonly entries: readonly HarEntry[];
  };
}

/** One exchange of a `Har`; sizes that are not known are -1, as the format has it. */
export interface HarEntry {
  /** ISO 8601. */
  readonly startedDateTime: string;
  readonly time: number;
  readonly request: HarMessage & {
    readonly method: string;
    readonly url: string;
    readonly queryString: readonly HarPair[];
    readonly postData?: {
      readonly mimeType: string;
      readonly text: string;
      readonly comment?: string;
    };
  };
  readonly response: HarMessage & {
    readonly status: number;
    readonly statusText: string;
    readonly redirectURL: string;
    readonly content: {
      readonly size: number;
      readonly mimeType: string;
      readonly text?: string;
      readonly encoding?: "base64";
    };
  };
  readonly cache: Readonly<Record<string, never>>;
  readonly timings: { readonly send: number; readonly wait: number; readonly receive: number };
  /** What went wrong. */
  readonly comment?: string;
}

/** What requests and responses of a `Har` have. */
export interface HarMessage {
  readonly httpVersion: string;
  readonly cookies: readonly never[];
  readonly headers: readonly HarPair[];
  readonly headersSize: number;
  readonly bodySize: number;
}

/** A name and its value. */
export interface HarPair {
  readonly name: string;
  readonly value: string;
}

/** Exchanges as a HAR, to be written with `JSON.stringify`. */
export function toHar(calls: Iterable<WireCallRecord>): Har {
  const creator = { name: "step-log", version: "0.1" };
  return { log: { version: "1.2", creator, entries: Array.from(calls, entryOf) } };
}

function entryOf(call: WireCallRecord): HarEntry {
  const { ts, error, outcome } = call;
  const time = call.duration_ms ?? 0;
  const wait = call.time_to_headers_ms ?? time;
  const comment = outcome === "complete" ? error : [outcome, error].filter(Boolean).join(": ");
  return {
    startedDateTime: new Date(ts * 1000 - time).toISOString(),
    time,
    request: requestOf(call.request),
    response: responseOf(call.response),
    cache: {},
    timings: { send: 0, wait, receive: Math.max(0, time - wait) },
    ...(comment === null ? {} : { comment }),
  };
}

function requestOf({ method, url, headers, body }: WireRequest): HarEntry["request"] {
  const query = /\?([^#]*)/.exec(url)?.[1] ?? "";
  return {
    method,
    url,
    queryString: Array.from(new URLSearchParams(query), ([name, value]) => ({ name, value })),
    ...message(headers, body),
    ...(body === null ? {} : { postData: postData(body, headers) }),
  };
}

function postData({ encoding, data }: WireBody, headers: WireRequest["headers"]) {
  const mimeType = headers["content-type"] ?? "";
  // The format has base64 for responses alone.
  return { mimeType, text: data, ...(encoding === "base64" ? { comment: encoding } : {}) };
}

function responseOf(response: WireResponse | null): HarEntry["response"] {
  // What browsers write for a request that got no answer.
  const { status = 0, status_text = "", headers = {}, body = null } = response ?? {};
  return {
    status,
    statusText: status_text,
    redirectURL: headers["location"] ?? "",
    ...message(headers, body),
    content: {
      size: body?.bytes ?? (body === null ? 0 : -1),
      mimeType: headers["content-type"] ?? "",
      ...(body === null ? {} : { text: body.data }),
      ...(body?.encoding === "base64" ? { encoding: body.encoding } : {}),
    },
  };
}

function message(headers: WireRequest["headers"], body: WireBody | null): HarMessage {
  return {
    httpVersion: "HTTP/1.1",
    cookies: [],
    headers: Object.entries(headers).map(([name, value]) => ({ name, value })),
    headersSize: -1,
    bodySize: body === null ? 0 : (body.bytes ?? -1),
  };
}
