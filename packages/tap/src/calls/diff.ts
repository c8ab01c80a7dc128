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

/**
 * In what the requests of two exchanges are not the same, in the order of the first: method, URL and
 * query, headers, and the body, value by value where it is JSON. The first 1,000 differences.
 */
export function diff(a: WireCallRecord, b: WireCallRecord): Difference[] {
  const found: Difference[] = [];
  // What is still to be compared, the next one last; bodies may be nested deeper than calls can be.
  const pairs: Difference[] = [{ path: "", a: partsOf(a), b: partsOf(b) }];
  for (let pair = pairs.pop(); pair !== undefined; pair = pairs.pop()) {
    if (pair.a === pair.b) continue;
    if (isContainer(pair.a) && isContainer(pair.b) && isList(pair.a) === isList(pair.b)) {
      pairs.push(...within(pair.path, pair.a, pair.b).toReversed());
    } else if (found.push(pair) === MAX_DIFFERENCES) {
      break;
    }
  }
  return found;
}

/** The values in two objects, or two lists, that stand at the same place. */
function within(path: string, a: object, b: object): Difference[] {
  const [left, right] = [new Map<string, Json>(Object.entries(a)), new Map(Object.entries(b))];
  return Array.from(new Set([...left.keys(), ...right.keys()]), (key) => ({
    path: `${path}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`,
    a: left.get(key),
    b: right.get(key),
  }));
}

const isList = Array.isArray;

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
