import type { Json, WireCallRecord } from "@step-log/core";

/** One thing in which two requests are not the same. */
export interface Difference {
  /** Where, as a JSON Pointer: `/method`, `/query/beta`, `/headers/user-agent`, `/body/messages/0`. */
  readonly path: string;
  /** What the first has there; `undefined` where it has nothing. */
  readonly a: Json | undefined;
  /** What the second has there; `undefined` where it has nothing. */
  readonly b: Json | undefined;
}

// What a person looks through; bodies of strangers could have millions.
const MAX_DIFFERENCES = 1000;
const MAX_DEPTH = 100;

/**
 * In what the requests of two exchanges are not the same, in the order of the first: method, URL and
 * query, headers, and the body, value by value where it is JSON. The first 1,000 differences.
 */
export function diff(a: WireCallRecord, b: WireCallRecord): Difference[] {
  const found: Difference[] = [];
  compare(partsOf(a), partsOf(b), "", found);
  return found;
}

function compare(
  a: Json | undefined,
  b: Json | undefined,
  path: string,
  found: Difference[],
  depth = 0,
): void {
  if (a === b || found.length >= MAX_DIFFERENCES) return;
  const isBoth = isContainer(a) && isContainer(b) && Array.isArray(a) === Array.isArray(b);
  if (!isBoth || depth > MAX_DEPTH) {
    if (depth <= MAX_DEPTH || JSON.stringify(a) !== JSON.stringify(b)) found.push({ path, a, b });
    return;
  }
  const [left, right] = [new Map(Object.entries(a)), new Map(Object.entries(b))];
  for (const key of new Set([...left.keys(), ...right.keys()])) {
    const inner = `${path}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`;
    compare(left.get(key), right.get(key), inner, found, depth + 1);
  }
}

function isContainer(value: Json | undefined): value is Json & object {
  return typeof value === "object" && value !== null;
}

function partsOf({ request }: WireCallRecord): Json {
  const { method, url, headers, body } = request;
  const [address = "", query] = url.split("?", 2);
  return {
    method,
    url: address,
    query: query === undefined ? {} : Object.fromEntries(new URLSearchParams(query)),
    headers,
    body: body === null ? null : body.encoding === "utf8" ? parsed(body.data) : body.data,
  };
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
