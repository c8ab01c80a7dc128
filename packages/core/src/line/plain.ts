import { errorContext } from "../error-context.ts";
import type { Json, Truncation } from "../record.ts";
import type { Redactor } from "../redact/redactor.ts";
import { base64 } from "./base64.ts";
import { cutText, fitting, jsonBytes } from "./text-size.ts";
import { truncation } from "./truncation.ts";

// Deeper than any real payload; serde_json, for one, refuses to read beyond 128.
const MAX_DEPTH = 100;
// A node takes up to 0.2 µs to copy and to write, so this is at most 20 ms.
const MAX_NODES = 100_000;
// So many keys are no object of known shape; then each counts as 5 nodes.
const TABLE_KEYS = 1_000;
const TABLE_EXTRA = 4;
// A longer key is data that got into the wrong place.
const MAX_KEY = 1024;
// The first cuts tell where it began; thousands would tell no more.
export const MAX_CUTS = 16;
// `String(bigint)` is quadratic; up to here it stays within some microseconds.
const MAX_BIGINT = 2n ** 1024n;
const CUT = "…[truncated]";

/** Foreign values on their way into a record. */
export interface Values {
  /** A value; `share` is the part of the room that is left which it may take. */
  value(value: unknown, key: string, share?: number): unknown;
  /** A value of a known and small shape, which it keeps. */
  shaped(value: unknown, key: string): unknown;
  /** What should be a text. */
  text(value: unknown, key: string): string;
}

/**
 * Copies the values of one record into plain data that `JSON.stringify` cannot stumble over.
 *
 * Each property is read once, so what a getter or a proxy answers the second time does not matter,
 * and the copy stays as it is when the agent changes its objects. Nothing here throws, whatever the
 * value; what JSON cannot carry becomes a text such as `[Circular]`.
 */
export class Plain implements Values {
  /** What was cut so far. */
  cuts: readonly Truncation[] = NO_CUTS;
  /** Texts and keys that held a credential. */
  redactions = 0;

  readonly #redactor: Redactor | undefined;
  readonly #exact: boolean;
  // Where the value now being copied stands, and the objects it stands in.
  readonly #path: (string | number)[] = [];
  readonly #parents: object[] = [];
  #left: number;
  #nodes = MAX_NODES;
  #shaped = false;

  /**
   * @param bytes What the record may take. Texts are counted by their length, which is never more
   * than their size in JSON; with `exact` by that size.
   */
  constructor(redactor: Redactor | undefined, bytes: number, exact = false) {
    this.#redactor = redactor;
    this.#exact = exact;
    this.#left = bytes;
  }

  /** Begins another record with this budget; says this, so that one may serve for many. */
  renew(bytes: number): this {
    this.cuts = NO_CUTS;
    this.redactions = 0;
    this.#left = bytes;
    this.#nodes = MAX_NODES;
    this.#parents.length = 0; // else the last record's objects would be kept alive
    return this;
  }

  /** Copies a value; `share` is the part of what is left that it may take. */
  value(value: unknown, key: string, share = 1): Json {
    if (Copied.is(value)) return this.#adopt(value);
    this.#path[0] = key;
    if (share === 1) return this.#copy(value, 1);
    const bytes = Math.floor(this.#left * (1 - share));
    const nodes = Math.floor(this.#nodes * (1 - share));
    this.#left -= bytes;
    this.#nodes -= nodes;
    const copy = this.#copy(value, 1);
    this.#left += bytes;
    this.#nodes += nodes;
    return copy;
  }

  /** Copies a value of a known and small shape, which it keeps: only its texts may be cut. */
  shaped(value: unknown, key: string): Json {
    this.#shaped = true;
    const copy = this.value(value, key);
    this.#shaped = false;
    return copy;
  }

  /** Copies what should be a text; anything else is put into words. */
  text(value: unknown, key: string): string {
    return inWords(this.value(value, key));
  }

  #adopt({ json, by, bytes }: Copied): Json {
    this.cuts = by.cuts.length > 0 ? [...this.cuts, ...by.cuts].slice(0, MAX_CUTS) : this.cuts;
    this.redactions += by.redactions;
    this.#left -= bytes - by.#left;
    this.#nodes -= MAX_NODES - by.#nodes;
    return json;
  }

  #copy(value: unknown, depth: number): Json {
    switch (typeof value) {
      case "string":
        return this.#text(value, depth);
      case "number":
        this.#left -= this.#exact ? String(value).length + 1 : 2;
        return value - value === 0 ? value : String(value); // JSON has no NaN and no infinities
      case "boolean":
        this.#left -= 6;
        return value;
      case "object":
        return value === null ? this.#null() : this.#object(value, depth);
      case "undefined":
        return this.#null();
      case "bigint":
        if (value < MAX_BIGINT && value > -MAX_BIGINT) return this.#text(String(value), depth);
        return this.#text("[BigInt]", depth);
      default:
        return this.#text(`[${typeof value}]`, depth);
    }
  }

  #null(): null {
    this.#left -= 5;
    return null;
  }

  #text(text: string, depth: number): string {
    const size = this.#exact ? jsonBytes(text) : text.length;
    const cut = size > this.#left;
    let kept = text;
    if (cut) {
      this.#cut(depth, text);
      const units = Math.max(0, this.#exact ? fitting(text, this.#left) : this.#left);
      kept = cutText(text, units);
    }
    // What comes behind a cut is left out, even where a word less would have left it some room.
    this.#left = cut ? 0 : this.#left - size - 3;
    // After the cut, never before: the time it takes depends on the length.
    if (this.#redactor !== undefined) kept = this.#redacted(this.#redactor.text(kept), kept);
    return cut ? kept + CUT : kept;
  }

  #object(value: object, depth: number): Json {
    if (this.#full() || depth > MAX_DEPTH) return this.#cut(depth);
    this.#left -= 3; // brackets and a comma
    for (let i = depth - 2; i >= 0; i--) {
      if (this.#parents[i] === value) return "[Circular]";
    }
    this.#parents[depth - 1] = value;
    try {
      if (Array.isArray(value)) return this.#array(value, depth);
      const prototype = Object.getPrototypeOf(value);
      if (prototype === Object.prototype || prototype === null) return this.#entries(value, depth);
      return this.#instance(value, depth);
    } catch (error) {
      return unreadable(error);
    }
  }

  #array(list: readonly unknown[], depth: number): Json {
    const copy: Json[] = [];
    for (let i = 0; i < list.length; i++) {
      if (this.#full()) {
        copy.push(this.#cut(depth));
        break;
      }
      this.#path[depth] = i;
      copy.push(this.#copy(read(list, i), depth + 1));
    }
    return copy;
  }

  #entries(source: object, depth: number): Json {
    const copy: Record<string, Json> = {};
    const keys = Object.keys(source);
    // A table, each key seen for the first time: that takes longer.
    const extra = keys.length > TABLE_KEYS ? TABLE_EXTRA : 0;
    for (const key of keys) {
      this.#nodes -= extra;
      if (this.#full()) {
        copy["…"] = this.#cut(depth);
        break;
      }
      const value = read(source, key);
      if (value === undefined || typeof value === "symbol") continue; // as JSON.stringify does
      if (typeof value === "function") {
        if (key === "toJSON") return this.#copy(value.call(source), depth + 1);
        continue;
      }
      const name = key.length > MAX_KEY ? key.slice(0, MAX_KEY) + CUT : key;
      this.#left -= 3 + (this.#exact ? jsonBytes(name) : name.length);
      this.#property(copy, name, value, depth + 1);
    }
    return copy;
  }

  #property(copy: Record<string, Json>, key: string, value: unknown, depth: number): void {
    const kind = this.#redactor === undefined ? 0 : this.#redactor.keyKind(key);
    const name = kind === 3 ? this.#redacted(this.#redactor?.text(key) ?? key, key) : key;
    this.#path[depth - 1] = name;
    if (kind === 0 && key !== "__proto__") {
      copy[key] = this.#copy(value, depth);
      return;
    }
    const json =
      kind === 1 || kind === 2 ? this.#named(kind, value, depth) : this.#copy(value, depth);
    // Assigning to __proto__ would change the prototype and lose the value.
    Object.defineProperty(copy, name, {
      value: json,
      enumerable: true,
      writable: true,
      configurable: true,
    });
  }

  /** The value of a key that says it is a credential: texts and numbers, also in a list. */
  #named(kind: 1 | 2, value: unknown, depth: number): Json {
    if (typeof value === "string" || typeof value === "number") {
      const text = this.#text(String(value), depth);
      const safe = this.#redactor?.named(kind, text) ?? text;
      if (safe !== text) return this.#redacted(safe, text);
      return typeof value === "string" ? text : value;
    }
    const json = this.#copy(value, depth);
    if (!Array.isArray(json)) return json;
    return json.map((item) => (typeof item === "string" ? this.#named(kind, item, depth) : item));
  }

  #instance(value: object, depth: number): Json {
    const kind = Object.prototype.toString.call(value).slice(8, -1);
    if (kind === "Error" || value instanceof Error) {
      return this.#copy(errorContext(value), depth + 1);
    }
    if (ArrayBuffer.isView(value)) {
      return this.#bytes(new Uint8Array(value.buffer, value.byteOffset, value.byteLength), depth);
    }
    if (value instanceof ArrayBuffer) return this.#bytes(new Uint8Array(value), depth);
    if (kind === "Set") return this.#array(this.#list(value as Set<unknown>), depth);
    if (PAIRS.test(kind)) return this.#pairs(value as Iterable<[unknown, unknown]>, depth);
    if (kind === "RegExp") return this.#text(String(value), depth);
    if (BOXED.test(kind)) return this.#copy(value.valueOf(), depth);
    const toJSON: unknown = Reflect.get(value, "toJSON");
    if (typeof toJSON === "function") {
      const json: unknown = toJSON.call(value);
      if (json !== value) return this.#copy(json, depth + 1);
    }
    const copy = this.#entries(value, depth);
    if (kind === "Object" || Object.keys(value).length > 0) return copy;
    return `[${kind}]`; // a promise, a stream, a weak map: nothing in it that could be read
  }

  #bytes(bytes: Uint8Array, depth: number): Json {
    // Base64 takes 4 characters for 3 bytes.
    const fits = Math.min(bytes.length, Math.max(0, Math.floor((this.#left * 3) / 4)));
    if (fits < bytes.length) this.#cut(depth, bytes);
    this.#left -= Math.ceil((fits * 4) / 3);
    return { bytes: bytes.length, base64: base64(bytes.subarray(0, fits)) };
  }

  #pairs(source: Iterable<[unknown, unknown]>, depth: number): Json {
    const list = this.#list(source);
    if (!list.every(([key]) => typeof key === "string")) return this.#array(list, depth);
    const lists: Record<string, unknown[]> = Object.create(null);
    for (const [key, value] of list as [string, unknown][]) {
      lists[key] ??= [];
      lists[key].push(value);
    }
    const pairs = Object.entries(lists).map(([key, values]) => [
      key,
      values.length > 1 ? values : values[0],
    ]);
    return this.#entries(Object.fromEntries(pairs), depth);
  }

  #list<T>(items: Iterable<T>): T[] {
    const list: T[] = [];
    for (const item of items) {
      list.push(item);
      if (list.length > this.#nodes) break;
    }
    return list;
  }

  #full(): boolean {
    return !this.#shaped && (this.#left <= 0 || --this.#nodes <= 0);
  }

  #redacted(safe: string, original: string): string {
    if (safe !== original) this.redactions++;
    return safe;
  }

  #cut(depth: number, whole?: string | Uint8Array): string {
    if (this.cuts.length < MAX_CUTS) {
      this.cuts = [...this.cuts, truncation(this.#path.slice(0, depth), whole)];
    }
    return CUT;
  }
}

/** Plain data as a text. */
export function inWords(plain: Json): string {
  return typeof plain === "string" ? plain : JSON.stringify(plain);
}

/** A value that was copied already, to go into several records: at most half of what each may take. */
export class Copied {
  readonly json: Json;
  readonly by: Plain;
  readonly bytes: number;
  readonly #copied = true;

  /** Without `instanceof`, which a proxy would answer, or throw at. */
  static is(value: unknown): value is Copied {
    return typeof value === "object" && value !== null && #copied in value;
  }

  constructor(value: unknown, key: string, by: Plain, bytes: number) {
    this.json = by.value(value, key, 0.5);
    this.by = by;
    this.bytes = bytes;
  }
}

const NO_CUTS: readonly Truncation[] = [];
const PAIRS = /^(?:Map|Headers|URLSearchParams|FormData)$/;
const BOXED = /^(?:String|Number|Boolean|BigInt)$/;

function read(source: object, key: string | number): unknown {
  try {
    return (source as Record<string | number, unknown>)[key];
  } catch (error) {
    return unreadable(error);
  }
}

function unreadable(error: unknown): string {
  try {
    return `[Unreadable: ${String((error as Error).message).slice(0, 200)}]`;
  } catch {
    return "[Unreadable]";
  }
}
