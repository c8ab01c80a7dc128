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
// No number takes more: -1.7976931348623157e+308 has 24 characters.
const NUMBER_BYTES = 24;
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
let start = 0;
let at = 0;
// What the record may still take.
let left = 0;
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

/** Thrown and caught here, for what is for the general way. */
const OTHERWISE: object = {};

function create(redactor: Redactor | undefined): FastLines {
  // `,"key":`, or nothing for a key that is for the general way.
  const keys = new Map<string, Uint8Array | undefined>();

  function value(given: unknown, depth: number): void {
    left -= AROUND;
    switch (typeof given) {
      case "string":
        text(given);
        break;
      case "number":
        number(given);
        break;
      case "object":
        if (given === null) word("null");
        else if (depth > MAX_DEPTH || left < 0) throw OTHERWISE;
        else if (Array.isArray(given)) list(given, depth);
        else object(given, depth);
        break;
      case "boolean":
        word(given ? "true" : "false");
        break;
      case "undefined":
        word("null");
        break;
      default:
        throw OTHERWISE;
    }
  }

  function list(given: readonly unknown[], depth: number): void {
    put(OPEN_LIST);
    for (let i = 0; i < given.length; i++) {
      if (i > 0) put(COMMA);
      if (--nodes < 0) throw OTHERWISE;
      value(given[i], depth + 1);
    }
    put(CLOSE_LIST);
  }

  function object(given: object, depth: number): void {
    const prototype: unknown = Object.getPrototypeOf(given);
    if (prototype !== Object.prototype && prototype !== null) throw OTHERWISE;
    nodes--;
    // Each key has a comma before it; the first comma becomes the bracket.
    const first = at - start;
    members(given, 0, depth);
    if (at - start === first) put(OPEN_OBJECT);
    else page[start + first] = OPEN_OBJECT;
    put(CLOSE_OBJECT);
  }

  function members(given: object, skipped: number, depth: number): void {
    let i = 0;
    // With `in`, V8 finds the values by their places; with a list of keys it looks for each.
    for (const name in given) {
      if (i++ < skipped) continue;
      if (i > MAX_KEYS || --nodes < 0) throw OTHERWISE;
      const item = (given as Record<string, unknown>)[name];
      if (item === undefined) continue;
      key(name);
      value(item, depth + 1);
    }
  }

  function key(name: string): void {
    const bytes = keys.get(name) ?? keyBytes(name);
    const { length } = bytes;
    left -= length;
    room(length);
    const target = page;
    let to = at;
    for (let i = 0; i < length; i++) target[to++] = bytes[i] as number;
    at = to;
  }

  function keyBytes(name: string): Uint8Array {
    if (name.length > MAX_CACHED_KEY || keys.has(name)) throw OTHERWISE;
    const plain = name !== "__proto__" && (redactor?.keyKind(name) ?? 0) === 0;
    const json = plain ? strictJson(name) : undefined;
    const bytes = json === undefined ? undefined : encoder.encode(`,${json}:`);
    if (keys.size >= MAX_CACHED_KEYS) keys.clear();
    keys.set(name, bytes);
    if (bytes === undefined) throw OTHERWISE;
    return bytes;
  }

  function text(given: string): void {
    const { length } = given;
    left -= length;
    if (left < 0) throw OTHERWISE;
    room(length * BYTES_PER_UNIT + AROUND);
    if (length > LONG_TEXT) longText(given);
    else shortText(given);
  }

  function shortText(given: string): void {
    const target = page;
    let to = at;
    let marks = 0;
    target[to++] = QUOTE;
    for (let i = 0; i < given.length; i++) {
      const unit = given.charCodeAt(i);
      marks |= marksOf(unit);
      target[to++] = unit;
    }
    target[to++] = QUOTE;
    if (redactor?.mayHold(given.length, marks) && redactor.text(given) !== given) throw OTHERWISE;
    if ((marks & (ESCAPED | FOREIGN)) === 0) at = to;
    else if ((marks & FOREIGN) === 0) escaped(given);
    else encoded(given);
  }

  function longText(given: string): void {
    if (redactor !== undefined && redactor.text(given) !== given) throw OTHERWISE;
    if (NOT_PLAIN.test(given)) {
      encoded(given);
      return;
    }
    put(QUOTE);
    at += encoder.encodeInto(given, page.subarray(at)).written;
    put(QUOTE);
  }

  return {
    write(head, record, maxBytes) {
      if (busy || isPolluted()) return undefined; // busy: a getter in one record makes another
      busy = true;
      start = at;
      left = maxBytes >> 2;
      nodes = MAX_NODES;
      try {
        room(head.length);
        page.set(head, at);
        at += head.length;
        number(record["step"] as number);
        members(record, 2, 0);
        put(CLOSE_OBJECT);
        put(NEWLINE);
        if (at - start <= maxBytes) return { page, from: start, to: at };
      } catch {
        // No plain data, or a getter or a proxy that throws.
      } finally {
        busy = false;
      }
      at = start;
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

function room(bytes: number): void {
  if (page.length - at >= bytes) return;
  const next = new Uint8Array(Math.max(PAGE_BYTES, 2 * (at - start + bytes)));
  next.set(page.subarray(start, at));
  page = next;
  at -= start;
  start = 0;
}

function put(byte: number): void {
  room(1);
  page[at++] = byte;
}

function word(ascii: string): void {
  room(ascii.length);
  for (let i = 0; i < ascii.length; i++) page[at++] = ascii.charCodeAt(i);
}

/** A short text of ASCII. */
function escaped(text: string): void {
  put(QUOTE);
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if ((marksOf(unit) & ESCAPED) === 0) {
      page[at++] = unit;
      continue;
    }
    page[at++] = BACKSLASH;
    page[at++] = unit < 32 ? LETTERS.charCodeAt(unit - 8) : unit;
  }
  put(QUOTE);
}

/** Any text. */
function encoded(text: string): void {
  const json = strictJson(text);
  if (json === undefined) throw OTHERWISE;
  room(json.length * BYTES_PER_UNIT);
  at += encoder.encodeInto(json, page.subarray(at)).written;
}

function number(given: number): void {
  room(NUMBER_BYTES);
  if (given >= 0 && given <= MAX_INT) {
    const whole = given | 0;
    // Times and durations: a double holds 15 digits as they are, so these are the shortest that mean it.
    const thousandths = Math.round(given * 1000);
    if (whole === given) digits(whole);
    else if (thousandths / 1000 === given) decimal(whole, thousandths - whole * 1000);
    else word(String(given));
  } else if (given - given === 0) word(String(given));
  else throw OTHERWISE; // JSON has no NaN and no infinities
}

function decimal(whole: number, thousandths: number): void {
  digits(whole);
  page[at++] = DOT;
  let rest = thousandths;
  for (let unit = 100; rest > 0; unit /= 10) {
    const digit = (rest / unit) | 0;
    page[at++] = ZERO + digit;
    rest -= digit * unit;
  }
}

function digits(whole: number): void {
  let end = at + 1;
  for (let next = whole; next >= 10; next = (next / 10) | 0) end++;
  let rest = whole;
  for (let to = end; to > at; ) {
    const tenth = (rest / 10) | 0;
    page[--to] = ZERO + rest - tenth * 10;
    rest = tenth;
  }
  at = end;
}
