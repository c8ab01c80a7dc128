import { type RedactOptions, redactor } from "@step-log/core";

/** Takes what is secret out of the parts of an exchange. */
export interface Scrubber {
  text(text: string): string;
  url(url: string): string;
  headers(headers: Headers): Record<string, string>;
}

// Of use, and no secrets: what SDKs and providers say of the request, of limits and of themselves.
const SHOWN = [
  "accept",
  "anthropic-beta",
  "anthropic-ratelimit-*",
  "anthropic-version",
  "cache-control",
  "cf-ray",
  "content-encoding",
  "content-length",
  "content-type",
  "date",
  "idempotency-key",
  "location",
  "openai-beta",
  "openai-model",
  "openai-processing-ms",
  "openai-version",
  "request-id",
  "retry-after",
  "retry-after-ms",
  "server",
  "server-timing",
  "traceparent",
  "transfer-encoding",
  "user-agent",
  "vary",
  "via",
  "x-amzn-bedrock-*",
  "x-amzn-errortype",
  "x-amzn-requestid",
  "x-goog-api-client",
  "x-ratelimit-*",
  "x-request-id",
  "x-run-id",
  "x-should-retry",
  "x-stainless-*",
];

const HIDDEN = "[REDACTED:header]";
const NAMED = "[REDACTED:named]";
// Parameters of URLs that are credentials by what they are used for, whatever their name says.
const SECRET_PARAMETERS = /^(?:key|code|x-amz-(?:signature|credential|security-token))$/i;

/** Makes a scrubber; without `options` it takes out nothing but headers that are not listed. */
export function scrubber(
  shown: readonly string[],
  options: RedactOptions | undefined,
  onGiveUp: (pattern: RegExp, cause: unknown) => void,
): Scrubber {
  const secrets = options && redactor(options, onGiveUp);
  const names = [...SHOWN, ...shown.map((name) => name.toLowerCase())];
  const exact = new Set(names.filter((name) => !name.endsWith("*")));
  const prefixes = names.filter((name) => name.endsWith("*")).map((name) => name.slice(0, -1));
  const text = (value: string): string => secrets?.text(value) ?? value;

  function named(name: string, value: string): string {
    const kind = secrets?.keyKind(name) ?? 0;
    return kind === 1 || kind === 2 ? (secrets?.named(kind, value) ?? value) : text(value);
  }

  function url(value: string): string {
    if (secrets === undefined) return value;
    const [base = "", ...queries] = value.split(/(?=[?#])/);
    const safe = queries.map((query) =>
      query.replace(/([?&#])([^=&#]+)=([^&#]*)/g, (_, mark, name, given) => {
        const secret = SECRET_PARAMETERS.test(name) && given !== "";
        return `${mark}${name}=${secret ? NAMED : named(name, given)}`;
      }),
    );
    return text(base + safe.join(""));
  }

  return {
    text,
    url,
    headers(headers) {
      const safe: [string, string][] = [];
      for (const [name, value] of headers) {
        const isShown = exact.has(name) || prefixes.some((prefix) => name.startsWith(prefix));
        if (name === "location") safe.push([name, url(value)]);
        else safe.push([name, isShown ? named(name, value) : HIDDEN]);
      }
      return Object.fromEntries(safe);
    },
  };
}
