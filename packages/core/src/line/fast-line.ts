import type { Redactor } from "../redact/redactor.ts";
import { ESCAPED, FOREIGN, marksOf } from "../text-marks.ts";
import { strictJson } from "./to-line.ts";

// Deeper or wider is for the general way, which cuts.
const MAX_DEPTH = 100;
const MAX_NODES = 25_000;
const MAX_KEYS = 1_000;
// As many keys as agents use; some 100 B each are 0.2 MB.
const MAX_CACHED_KEYS = 2_048;
const MAX_CACHED_KEY = 64;
// From here on, looking through a text with a regular expression and encoding it as a whole is
// faster than going through it unit by unit.
const LONG_TEXT = 96;
// Some 250 records.
const PAGE_BYTES = 65_536;
// UTF-8 takes at most 3 bytes for a UTF-16 unit; the quotes around it, and what is between two.
const BYTES_PER_UNIT = 3;
const AROUND = 4;
// For a number, of which none takes more than 24 (-1.7976931348623157e+308), and two brackets; or for
// what a key is written beyond its end.
const SLACK = 32;
const MAX_INT = 2 ** 31 - 1;

/** A line as it stands in a page of bytes. */
export interface FastLine {
  readonly page: Uint8Array;
  readonly from: number;
  readonly to: number;
}

/** Writes plain data as lines of JSON, in one pass and straight into bytes. */
export interface FastLines {
  /**
   * The line of a record of nothing but objects and lists of texts, numbers, booleans and `null`, of
   * common size, with nothing to redact, cut or repair: byte for byte what the general way gives.
   * Anything else gives nothing, and is for that way. Never throws, whatever the values do.
   *
   * @param head What each line of a run begins with, `lineHead`.
   * @param record Its first two keys are `run_id` and `step`, which follow from the head.
   * @param maxBytes What the record may take in the general way, which shares it out among the
   * values: of a record of a quarter of that, it cuts nothing.
   */
  write(
    head: Uint8Array,
    record: Readonly<Record<string, unknown>>,
    maxBytes: number,
  ): FastLine | undefined;
}

// All records of all logs are written one behind the other, and none is written over: where a page
// is full, another follows.
let page: Uint8Array = /* @__PURE__ */ new Uint8Array(0);
let view: DataView = /* @__PURE__ */ new DataView(page.buffer);
let start = 0;
let at = 0;
// Where the record has to end.
let limit = 0;
let nodes = 0;
let busy = false;

const UNREDACTED: object = {};
const writers = /* @__PURE__ */ new WeakMap<object, FastLines>();

/** What writes the lines in which a redactor finds nothing; one for all logs, with what it knows of keys. */
export function fastLines(redactor: Redactor | undefined): FastLines {
  const lines = writers.get(redactor ?? UNREDACTED) ?? create(redactor);
  writers.set(redactor ?? UNREDACTED, lines);
  return lines;
}

/** `{"run_id":"…","step":`, if the id is one that can be written as it is. */
export function lineHead(runId: string): Uint8Array | undefined {
  const json = strictJson(runId);
  return json === undefined ? undefined : encoder.encode(`{"run_id":${json},"step":`);
}

/** `,"key":`; none of its words is NaN, whose bytes an engine may change, since that is no UTF-8. */
interface Key {
  readonly words: readonly number[];
  readonly length: number;
}

/** Thrown and caught here, for what is for the general way. */
const OTHERWISE: object = {};

function create(redactor: Redactor | undefined): FastLines {
  // `,"key":`, or nothing for a key that is for the general way.
  const keys = new Map<string, Key | undefined>();

  // Each of these writes from a place on, where there is room for a number or two brackets, and says
  // where it ended.

  function value(given: unknown, to: number, depth: number): number {
    if (typeof given === "string") return text(given, to);
    if (typeof given === "number") return number(given, to);
    if (given === null || given === undefined) return word("null", to);
    if (typeof given === "boolean") return word(given ? "true" : "false", to);
    if (typeof given !== "object" || depth > MAX_DEPTH || to > limit + start) throw OTHERWISE;
    return Array.isArray(given) ? list(given, to, depth) : object(given, to, depth);
  }

  function list(given: readonly unknown[], from: number, depth: number): number {
    // Asked for once, since a proxy may tell another each time.
    const length = Number(given.length);
    if (!(length >= 0 && length <= nodes)) throw OTHERWISE;
    nodes -= length;
    let to = room(0, from);
    page[to++] = OPEN_LIST;
    for (let i = 0; i < length; i++) {
      if (i > 0) page[to++] = COMMA;
      to = room(0, value(given[i], to, depth + 1));
    }
    page[to++] = CLOSE_LIST;
    return room(0, to);
  }

  function object(given: object, from: number, depth: number): number {
    const prototype: unknown = Object.getPrototypeOf(given);
    if (prototype !== Object.prototype && prototype !== null) throw OTHERWISE;
    // Each key has a comma before it; the first comma becomes the bracket.
    const first = from - start;
    let to = members(given, 0, from, depth);
    if (to - start === first) page[to++] = OPEN_OBJECT;
    else page[start + first] = OPEN_OBJECT;
    page[to++] = CLOSE_OBJECT;
    return room(0, to);
  }

  function members(given: object, skipped: number, from: number, depth: number): number {
    let to = from;
    let i = 0;
    // With `in`, V8 finds the values by their places; with a list of keys it looks for each.
    for (const name in given) {
      if (i++ < skipped) continue;
      if (i > MAX_KEYS) throw OTHERWISE;
      const item = (given as Record<string, unknown>)[name];
      if (item === undefined) continue;
      to = value(item, key(name, to), depth + 1);
    }
    nodes -= i;
    if (nodes < 0) throw OTHERWISE;
    return to;
  }

  function key(name: string, from: number): number {
    const { words, length } = keys.get(name) ?? keyBytes(name);
    const to = room(length, from);
    const target = view;
    for (let i = 0; i < words.length; i++) target.setFloat64(to + i * 8, words[i] as number, true);
    return to + length;
  }

  function keyBytes(name: string): Key {
    if (name.length > MAX_CACHED_KEY || keys.has(name)) throw OTHERWISE;
    const plain = name !== "__proto__" && (redactor?.keyKind(name) ?? 0) === 0;
    const json = plain ? strictJson(name) : undefined;
    const bytes = json === undefined ? undefined : packed(encoder.encode(`,${json}:`));
    if (keys.size >= MAX_CACHED_KEYS) keys.clear();
    keys.set(name, bytes);
    if (bytes === undefined) throw OTHERWISE;
    return bytes;
  }

  function text(given: string, from: number): number {
    const { length } = given;
    if (from - start + length > limit) throw OTHERWISE;
    if (length > LONG_TEXT) return longText(given, from);
    const begin = room(2 * length + AROUND, from);
    let to = begin;
    const target = page;
    let marks = 0;
    let units = 0; // all bits of all of them
    target[to++] = QUOTE;
    for (let i = 0; i < length; i++) {
      const unit = given.charCodeAt(i);
      const mark = marksOf(unit);
      units |= unit;
      marks |= mark;
      if ((mark & ESCAPED) > 0) {
        target[to++] = BACKSLASH;
        target[to++] = unit < 32 ? LETTERS.charCodeAt(unit - 8) : unit;
      } else target[to++] = unit;
    }
    target[to++] = QUOTE;
    if (redactor?.mayHold(length, marks) && redactor.text(given) !== given) throw OTHERWISE;
    return units > 127 || (marks & FOREIGN) > 0 ? encoded(given, begin) : to;
  }

  function longText(given: string, from: number): number {
    if (redactor !== undefined && redactor.text(given) !== given) throw OTHERWISE;
    if (NOT_PLAIN.test(given)) return encoded(given, from);
    const to = room(given.length + AROUND, from);
    page[to] = QUOTE;
    const { written } = encoder.encodeInto(given, page.subarray(to + 1));
    page[to + 1 + written] = QUOTE;
    return to + written + 2;
  }

  return {
    write(head, record, maxBytes) {
      if (busy || isPolluted()) return undefined; // busy: a getter in one record makes another
      busy = true;
      start = at;
      limit = maxBytes >> 2;
      nodes = MAX_NODES;
      try {
        let to = room(head.length, at);
        page.set(head, to);
        to = number(record["step"] as number, to + head.length);
        to = members(record, 2, to, 0);
        page[to++] = CLOSE_OBJECT;
        page[to++] = NEWLINE;
        if (to - start <= maxBytes) {
          at = to;
          return { page, from: start, to };
        }
      } catch {
        // No plain data, or a getter or a proxy that throws.
      } finally {
        busy = false;
      }
      return undefined;
    },
  };
}

const EMPTY: object = {};
const encoder = /* @__PURE__ */ new TextEncoder();
const NOT_PLAIN = /["\\]|[^\x20-\x7e]/;
const [QUOTE, COMMA, NEWLINE, OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [
  34, 44, 10, 91, 93, 123, 125,
];
const [DOT, ZERO, BACKSLASH] = [46, 48, 92];
// Of the escapes from 8, the backspace, on.
const LETTERS = "btn fr";

/** Whether something was put on `Object.prototype` that `in` finds in every object. */
function isPolluted(): boolean {
  for (const _ in EMPTY) return true;
  return false;
}

/** Sees to room for so many bytes from `to` on, and for `SLACK`; says where that is by now. */
function room(bytes: number, to: number): number {
  return page.length - to < bytes + SLACK ? moved(bytes, to) : to;
}

/** Has the record go on in a new page; the first ones are small, since most programs record little. */
function moved(bytes: number, to: number): number {
  const begun = page.subarray(start, to);
  const least = 2 * (begun.length + bytes + SLACK);
  page = new Uint8Array(Math.max(least, Math.min(PAGE_BYTES, 2 * page.length)));
  view = new DataView(page.buffer);
  page.set(begun);
  start = 0;
  at = 0;
  return begun.length;
}

/** Bytes as numbers of 8 bytes each, which are written at a stroke: a third of the time of byte by byte. */
function packed(bytes: Uint8Array): Key {
  const padded = new Uint8Array(Math.ceil(bytes.length / 8) * 8);
  padded.set(bytes);
  const from = new DataView(padded.buffer);
  const words = Array.from({ length: padded.length / 8 }, (_, i) => from.getFloat64(i * 8, true));
  return { words, length: bytes.length };
}

function word(ascii: string, from: number): number {
  const target = page;
  for (let i = 0; i < ascii.length; i++) target[from + i] = ascii.charCodeAt(i);
  return from + ascii.length;
}

/** Any text. */
function encoded(text: string, from: number): number {
  const json = strictJson(text);
  if (json === undefined) throw OTHERWISE;
  const to = room(json.length * BYTES_PER_UNIT, from);
  return to + encoder.encodeInto(json, page.subarray(to)).written;
}

function number(given: number, to: number): number {
  if (given >= 0 && given <= MAX_INT) {
    const whole = given | 0;
    if (whole === given) return digits(whole, to);
    // Times and durations: a double holds 15 digits as they are, so these are the shortest that mean it.
    const thousandths = Math.round(given * 1000);
    if (thousandths / 1000 === given) return decimal(whole, thousandths - whole * 1000, to);
  }
  if (given - given !== 0) throw OTHERWISE; // JSON has no NaN and no infinities
  return word(String(given), to);
}

function decimal(whole: number, thousandths: number, from: number): number {
  let to = digits(whole, from);
  const target = page;
  target[to++] = DOT;
  const tenths = (thousandths / 100) | 0;
  const rest = thousandths - tenths * 100;
  const hundredths = (rest / 10) | 0;
  target[to++] = ZERO + tenths;
  if (rest > 0) target[to++] = ZERO + hundredths;
  if (rest > hundredths * 10) target[to++] = ZERO + rest - hundredths * 10;
  return to;
}

function digits(whole: number, from: number): number {
  let end = from + 1;
  for (let next = whole; next >= 10; next = (next / 10) | 0) end++;
  const target = page;
  let rest = whole;
  for (let to = end; to > from; ) {
    const tenth = (rest / 10) | 0;
    target[--to] = ZERO + rest - tenth * 10;
    rest = tenth;
  }
  return end;
}
