import type { WireCallRecord } from "@step-log/core";
import { isCutBody } from "./body-bytes.ts";

// What HTTP allows in methods and the names of headers (RFC 9110, section 5.6.2).
const TOKEN = /^[\w!#$%&'*+.^`|~-]+$/;
const REDACTED = /\[REDACTED:[\w-]+\]/;
// curl makes these itself.
const LEFT_OUT = /^(?:content-length|connection|transfer-encoding|host)$/;

/**
 * The request of an exchange as a `curl` command for a POSIX shell. A header whose value is not in the
 * record is taken from the environment: `x-api-key` from `$X_API_KEY`.
 *
 * Records may come from strangers, so every text is quoted, and none can become an option, a file or
 * another command.
 *
 * @throws TypeError for a URL that is not of HTTP, a method or header that HTTP does not allow, and a
 * body of which a part is missing.
 */
export function toCurl(call: WireCallRecord): string {
  const { method, url, headers, body } = call.request;
  if (!/^https?:\/\//i.test(url)) throw new TypeError(`toCurl: not a URL of HTTP: ${shown(url)}`);
  if (!TOKEN.test(method)) throw new TypeError(`toCurl: not a method: ${shown(method)}`);
  if (isCutBody(call, "request")) {
    throw new TypeError("toCurl: a part of the request's body is not in the record");
  }
  const parts = [`curl --globoff --request ${quoted(method)} --url ${quoted(url)}`];
  for (const [name, value] of Object.entries(headers)) {
    if (!TOKEN.test(name) || /[\r\n\0]/.test(value)) {
      throw new TypeError(`toCurl: not a header: ${shown(name)}`);
    }
    if (LEFT_OUT.test(name)) continue;
    const isMissing = REDACTED.test(value);
    // Of a header without a value curl wants a semicolon.
    const text = isMissing ? `${name}: ` : value === "" ? `${name};` : `${name}: ${value}`;
    parts.push(`--header ${quoted(text)}${isMissing ? `"$${variable(name)}"` : ""}`);
  }
  if (body?.encoding === "utf8") parts.push(`--data-raw ${quoted(body.data)}`);
  const command = parts.join(" \\\n  ");
  if (body?.encoding !== "base64") return command;
  return `printf %s ${quoted(body.data)} | base64 -d | ${command} \\\n  --data-binary @-`;
}

/** In single quotes, in which nothing means anything but the quote itself. */
function quoted(text: string): string {
  return `'${text.replaceAll("\0", "").replaceAll("'", `'\\''`)}'`;
}

function variable(name: string): string {
  return name
    .toUpperCase()
    .replace(/\W/g, "_")
    .replace(/^(?=\d)/, "_");
}

function shown(text: string): string {
  return JSON.stringify(text.slice(0, 80));
}
