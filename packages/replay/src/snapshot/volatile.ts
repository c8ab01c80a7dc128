import type { Json } from "@step-log/core";
import { isObject } from "../canonical-json.ts";

/** What differs from run to run and is left out; `false` keeps it. All are left out by default. */
export interface VolatileOptions {
  /** UUIDs, and the ids that providers make: `toolu_…`, `call_…`, `msg_…`. They become `<id>`. */
  readonly ids?: boolean;
  /** ISO 8601 times, and Unix times under a name such as `created_at`. They become `<time>`. */
  readonly times?: boolean;
  /** Numbers under a name such as `duration_ms` or `elapsed`. They become `<duration>`. */
  readonly durations?: boolean;
  /** Tokens of calls of models. */
  readonly tokens?: boolean;
}

const UUID = /\b[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}\b/gi;
// What the APIs of Anthropic and OpenAI put before their ids; each of them has 16 characters or more.
const PROVIDER_ID =
  /\b(?:toolu|srvtoolu|call|msg|resp|req|chatcmpl|run|thread|file|fc|rs)[_-](?=[A-Za-z]*\d)[\dA-Za-z]{16,64}\b/g;
const ISO_TIME = /\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?/g;
const TIME_NAME =
  /(?:^|_)(?:ts|time|timestamp|date|created|updated|modified|expires)(?:_at)?$|_at$|At$/i;
const DURATION_NAME =
  /(?:^|_)(?:duration|elapsed|latency|took)(?:_?(?:ms|s|seconds|millis))?$|_ms$|Ms$/i;
// From 2001 to 2100, in seconds and in milliseconds.
const [FROM, UNTIL] = [1e9, 4.2e9];
// Above what records of ours have; deeper ones are a stranger's.
const MAX_DEPTH = 500;

/** A function that replaces in a value what differs from run to run. */
export function withoutVolatile(options: VolatileOptions = {}): (value: Json) => Json {
  const { ids = true, times = true, durations = true } = options;
  const text = (value: string) => {
    const named = ids ? value.replace(UUID, "<id>").replace(PROVIDER_ID, "<id>") : value;
    return times ? named.replace(ISO_TIME, "<time>") : named;
  };
  const number = (value: number, name: string) => {
    if (durations && DURATION_NAME.test(name)) return "<duration>";
    const isTime = (value >= FROM && value < UNTIL) || (value >= FROM * 1e3 && value < UNTIL * 1e3);
    return times && isTime && TIME_NAME.test(name) ? "<time>" : value;
  };
  const stable = (value: Json, name: string, depth: number): Json => {
    if (typeof value === "string") return text(value);
    if (typeof value === "number") return number(value, name);
    if (typeof value !== "object" || value === null) return value;
    if (depth > MAX_DEPTH) return "(too deep)";
    if (!isObject(value)) return value.map((item) => stable(item, name, depth + 1));
    const entries = Object.entries(value);
    return Object.fromEntries(
      entries.map(([key, item]) => [text(key), stable(item, key, depth + 1)]),
    );
  };
  return (value) => stable(value, "", 0);
}
