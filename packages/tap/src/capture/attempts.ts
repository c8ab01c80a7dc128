import type { Exchange } from "./exchange.ts";

// As long as the SDKs wait at most between two tries, and some.
const MAX_AGE_MS = 300_000;
// So many requests wait for their next try; of more the oldest are taken for given up.
const MAX_FAILED = 32;
// What SDKs try again: timeouts, conflicts, limits, errors of the server.
const RETRIED = /^(?:408|409|425|429|5\d\d)$/;

interface Failed {
  readonly url: string;
  readonly text: string | undefined;
  readonly attempt: number;
  readonly at: number;
}

/** Tells which try of the same request an exchange was, when it has ended. */
export type Attempts = (exchange: Exchange) => number;

/**
 * Counts tries: by the header of the SDKs of Anthropic and OpenAI (`x-stainless-retry-count`) or of AWS
 * (`amz-sdk-request: attempt=2; max=3`), else a request like one that failed before is its next try.
 */
export function attempts(): Attempts {
  let failed: Failed[] = [];

  function tryOf(exchange: Exchange): number {
    const { requestHeaders, url, requestBody, startedAt } = exchange;
    const retries = requestHeaders.get("x-stainless-retry-count");
    if (retries !== null && /^\d{1,3}$/.test(retries)) return Number(retries) + 1;
    const aws = /attempt=(\d{1,3})/.exec(requestHeaders.get("amz-sdk-request") ?? "")?.[1];
    if (aws !== undefined) return Number(aws);
    failed = failed.filter(({ at }) => at > startedAt - MAX_AGE_MS);
    const before = failed.find(
      (one) => one.at <= startedAt && one.url === url && one.text === requestBody?.text,
    );
    failed = failed.filter((one) => one !== before);
    return (before?.attempt ?? 0) + 1;
  }

  return (exchange) => {
    const attempt = tryOf(exchange);
    const { outcome, response, url, requestBody } = exchange;
    if (outcome === "failed" || RETRIED.test(String(response?.status))) {
      failed.push({ url, text: requestBody?.text, attempt, at: performance.now() });
      if (failed.length > MAX_FAILED) failed.shift();
    }
    return attempt;
  };
}
