import type { WireCallRecord, WireResponse } from "@step-log/core";
import type { Fetch } from "../fetch.ts";
import { bodyBytes, isCutBody } from "./body-bytes.ts";

// The body is in the record without its content encoding, and not cut into parts.
const LEFT_OUT = /^(?:content-encoding|content-length|transfer-encoding)$/;
const REDACTED = /\[REDACTED:[\w-]+\]/;
const NULL_BODY = [101, 103, 204, 205, 304];

/**
 * A `fetch` for tests that answers with recorded exchanges and sends nothing.
 *
 * A request gets the first exchange, not yet used, of its method and URL that has its body, too, or
 * else the first of its method and URL; errors are thrown again. Credentials in a URL do not matter, as
 * the record has none. One for which there is no exchange left rejects with a `TypeError`.
 *
 * @throws TypeError for an exchange of which a part of the response is missing.
 */
export function mockFetch(calls: Iterable<WireCallRecord>): Fetch {
  const left = [...calls];
  for (const call of left) {
    if (isCutBody(call, "response")) {
      throw new TypeError(
        `mockFetch: ${nameOf(call)}: a part of the response is not in the record`,
      );
    }
  }

  return async function fetch(input, init) {
    const request = new Request(input, init);
    const body = await request.text();
    const matching = left.filter((call) => isOf(call, request.method, request.url));
    const call = matching.find((one) => one.request.body?.data === body) ?? matching[0];
    if (call === undefined) {
      const known = left.slice(0, 5).map(nameOf).join(", ") || "nothing";
      throw new TypeError(`mockFetch: ${request.method} ${request.url}: only ${known} is left`);
    }
    left.splice(left.indexOf(call), 1);
    request.signal.throwIfAborted();
    if (call.response === null) throw thrown(call);
    return responseOf(call.response, request.url);
  };
}

function isOf({ request }: WireCallRecord, method: string, url: string): boolean {
  if (request.method !== method) return false;
  const [first = "", ...rest] = request.url.split(REDACTED);
  const last = rest.pop();
  if (last === undefined) return url === first;
  let at = first.length;
  for (const part of rest) {
    const found = url.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return url.startsWith(first) && url.endsWith(last) && at <= url.length - last.length;
}

function responseOf(response: WireResponse, requested: string): Response {
  const { status, status_text, headers, body } = response;
  const shown = Object.entries(headers).filter(
    ([name, value]) => !LEFT_OUT.test(name) && !REDACTED.test(value),
  );
  const bytes = body === null || NULL_BODY.includes(status) ? null : bodyBytes(body);
  const answer = new Response(bytes, { status, statusText: status_text, headers: shown });
  const url = response.url || requested;
  return Object.defineProperties(answer, {
    url: { value: url },
    redirected: { value: url !== requested },
  });
}

function thrown({ error, error_context: context, outcome }: WireCallRecord): Error {
  const again = new Error(error ?? outcome);
  again.name = context?.type ?? "Error";
  return context?.code ? Object.assign(again, { code: context.code }) : again;
}

function nameOf({ request }: WireCallRecord): string {
  return `${request.method} ${request.url}`;
}
