import type { Incoming } from "./carried-context.ts";

/** Headers or metadata as an object: of Node's `http`, of a message; values may be bytes or lists. */
export type CarrierRecord = Readonly<Record<string, unknown>>;

/** What `extract` reads: headers, an object, pairs of name and value; anything else tells nothing. */
export type Carrier =
  | Headers
  | CarrierRecord
  | Iterable<readonly [string, unknown]>
  | null
  | undefined;

const FIELDS: ReadonlyMap<string, keyof Incoming> = new Map([
  ["traceparent", "traceparent"],
  ["tracestate", "tracestate"],
  ["baggage", "baggage"],
  ["x-run-id", "runId"],
]);

// More than any HTTP server takes; a carrier need not end.
const MAX_FIELDS = 10_000;

/** The texts in a carrier that tell of a run; names in any case, and several of one put together. */
export function readCarrier(carrier: unknown): Incoming {
  const found: { -readonly [Field in keyof Incoming]: string } = {};
  if (typeof carrier !== "object" || carrier === null) return found;
  const isIterable = Symbol.iterator in carrier;
  let read = 0;
  for (const entry of isIterable ? (carrier as Iterable<unknown>) : Object.entries(carrier)) {
    if (++read > MAX_FIELDS) break;
    const [name, value] = Array.isArray(entry) ? entry : [];
    const field = typeof name === "string" ? FIELDS.get(name.toLowerCase()) : undefined;
    const text = textOf(value);
    if (field === undefined || text === undefined) continue;
    found[field] = found[field] === undefined ? text : `${found[field]},${text}`;
  }
  return found;
}

function textOf(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  if (value instanceof Uint8Array) return new TextDecoder().decode(value);
  if (Array.isArray(value)) return value.map(textOf).join();
  return undefined;
}
