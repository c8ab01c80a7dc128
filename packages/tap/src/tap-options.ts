import type { ErrorListener, RedactOptions, Sink, WireCallRecord } from "@step-log/core";
import type { Fetch } from "./fetch.ts";
import type { LlmApi } from "./llm/llm-api.ts";

/** What a call belongs to. */
export interface WireLink {
  readonly runId?: string | undefined;
  /** The step inside which the call is made. */
  readonly parentStep?: number | undefined;
}

/** Options of `createTap`. */
export interface TapOptions {
  /**
   * Where `wire_call` records go: the sink of the run, or one of their own; it is not closed. Default:
   * nowhere, the last ones can be had from the tap itself.
   */
  readonly sink?: Sink;
  /** What is called to send. Default: the global `fetch`, looked up at each call. */
  readonly fetch?: Fetch;
  /**
   * Further headers whose values are shown, by name in lower case; `x-my-*` is all that begin so. Those
   * named like a credential never are. Default: none beside those known to be of use.
   */
  readonly headers?: readonly string[];
  /** Most that is kept of a body, in bytes; what is more is cut, with a marker. @defaultValue 1048576, 1 MiB */
  readonly maxBodyBytes?: number;
  /** How many exchanges `all` gives; older ones make room. @defaultValue 100 */
  readonly keep?: number;
  /** Most that these take in memory, in bytes. @defaultValue 33554432, 32 MiB */
  readonly keepBytes?: number;
  /**
   * Credentials are replaced in headers, URLs and bodies: `false` turns that off, options add names
   * and patterns, a function takes its place and returns what to keep. @defaultValue true
   */
  readonly redact?: boolean | RedactOptions | ((record: WireCallRecord) => WireCallRecord);
  /**
   * Tells what a call belongs to, when it begins. Default: the log of `recordInto`, else the current
   * run context, else a run of the tap's own.
   */
  readonly link?: () => WireLink | undefined;
  /** Further APIs of models; they come before those that are known. */
  readonly apis?: readonly LlmApi[];
  /** Hears of problems. Default: one warning on stderr for each code. */
  readonly onError?: ErrorListener;
}

/** Throws a `TypeError` for options that cannot be meant. */
export function checkOptions(options: TapOptions): void {
  expect(isObject(options), "options", "an object", options);
  const { sink, headers, redact, apis } = options;
  const isSink = isObject(sink) && typeof sink.write === "function";
  expect(sink === undefined || isSink, "sink", "a Sink, such as memorySink()", sink);
  for (const name of ["fetch", "link", "onError"] as const) {
    const value = options[name];
    expect(value === undefined || typeof value === "function", name, "a function", value);
  }
  for (const [name, least] of [
    ["maxBodyBytes", 0],
    ["keep", 1],
    ["keepBytes", 0],
  ] as const) {
    const value = options[name] ?? least;
    const isRight = Number.isSafeInteger(value) && value >= least;
    expect(isRight, name, `a whole number from ${least}`, value);
  }
  const areNames = Array.isArray(headers) && headers.every((name) => typeof name === "string");
  expect(headers === undefined || areNames, "headers", "a list of texts", headers);
  expect(apis === undefined || Array.isArray(apis), "apis", "a list of LlmApi", apis);
  const isRedact = typeof redact === "boolean" || typeof redact === "function" || isObject(redact);
  const wanted = "a boolean, an object or a function";
  expect(redact === undefined || isRedact, "redact", wanted, redact);
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function expect(isRight: boolean, option: string, wanted: string, got: unknown): void {
  if (isRight) return;
  const value = Object(got) === got ? "" : ` ${String(got).slice(0, 80)}`;
  throw new TypeError(`createTap: ${option} must be ${wanted}, got ${typeof got}${value}`);
}
