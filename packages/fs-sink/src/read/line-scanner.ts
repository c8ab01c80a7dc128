import { isRecord } from "@step-log/core";
import { NOTHING, type Scanned } from "./scanned-record.ts";
import { firstOf, isNumberStart, plainEnd, skipNumber, skipValue, type Text } from "./skip-json.ts";

/** A key where it stood in a line, behind those that stood before it. */
interface Key {
  /** `{"run_id":`; with keys before it whose values hardly change, `,"type":"tool_call","tool":` */
  readonly pattern: Pattern;
  /** The values of those keys. */
  readonly before: readonly Constant[];
  /** Its index in FIELDS, or OTHER. */
  readonly field: number;
  /** Those that came behind it. */
  readonly next: Key[];
  /** Texts that it had lately. */
  readonly texts: KnownText[];
  /** The one that it had last. */
  last: KnownText;
}

interface Constant {
  readonly field: number;
  readonly value: string | null;
}

interface KnownText {
  /** `llm_call"` */
  readonly pattern: Pattern;
  readonly text: string;
}

/** Bytes to compare with, four at once. */
interface Pattern {
  readonly length: number;
  readonly first: number;
  /** Those after the first, all but the last. */
  readonly between: Int32Array;
  readonly last: number;
  /** Which bits count of the last. */
  readonly lastMask: number;
  /** Where that is. */
  readonly lastAt: number;
}

// A log has an order of keys for each kind of record, twice as many for each key that may be missing.
const MAX_KEYS = 1000;
// Tools of an agent; runs that are written side by side.
const MAX_TEXTS = 32;
// Ids of runs have 36 as a rule, ARNs of models up to 200. All that may be kept in mind of a hostile
// log is 1,000 * 32 * 2 * 256 bytes, 16 MiB.
const MAX_PATTERN_BYTES = 256;

/**
 * Reads of a line what a summary needs, without making an object of it as `JSON.parse` does.
 *
 * All of the line is checked to be JSON, so that damage is seen, and nothing inside a value is taken
 * for a key of the record. It is fast because lines repeat themselves: it knows which keys followed
 * which, and which texts they had, and looks whether they do so again. What it does not take (blanks
 * between tokens, escapes in names, values of other types, what is no record) is for `parseRecord`.
 */
export class LineScanner {
  /** Of the last line that was taken; each one takes the place of the one before. A field of nothing but numbers is changed in place. */
  readonly record: Scanned = { ...NOTHING };
  readonly #first: Key[] = [];
  #keyCount = 0;
  // What `#readNumber` has read, beside where it ends.
  #number: number = Number.NaN;

  /** Reads the line that begins at `from`: gives where its `\n` is, or -1 for one that it leaves. */
  scan(text: Text, from: number): number {
    const { record } = this;
    const { bytes, words } = text;
    clear(record);
    if (bytes[from] !== OPEN_OBJECT) return -1;
    let at = from;
    let keys = this.#first;
    do {
      const key = keyAt(words, at, keys) ?? this.#learnKey(text, at, keys);
      if (key === undefined) return -1;
      keys = key.next;
      at += key.pattern.length;
      const { field, before } = key;
      for (let i = 0; i < before.length; i++) setConstant(record, before[i] as Constant);
      if (field < NUMBERS) {
        let value: string | null = null;
        if (bytes[at] === QUOTE) {
          at++;
          const known = isAt(words, at, key.last.pattern) ? key.last : otherText(text, at, key);
          if (known === undefined) return -1;
          value = known.text;
          at += known.pattern.length;
        } else if (isAt(words, at, NULL)) at += NULL.length;
        else return -1;
        setText(record, field, value);
      } else if (field < FLAGS) {
        at = this.#readNumber(text, at);
        if (at < 0) return -1;
        setNumber(record, field, this.#number);
      } else {
        const isNull = isAt(words, at, NULL);
        if (field < OTHER) setFlag(record, field, isNull ? null : true);
        at = isNull ? at + NULL.length : skipValue(text, at);
        if (at < 0) return -1;
      }
    } while (bytes[at] === COMMA);
    const isWhole = bytes[at] === CLOSE_OBJECT && bytes[at + 1] === NEWLINE;
    return isWhole && isRecord(record) && withDuration(record) ? at + 1 : -1;
  }

  /** Gives where a number, or `null`, ends. */
  #readNumber({ bytes, words }: Text, from: number): number {
    let at = from;
    let digits = 0;
    let whole = -1;
    for (;;) {
      const word = words.getInt32(at, true) ^ 0x30303030;
      // Digits are now 0 to 9, and plus 118 they leave the highest bit of their byte as it is.
      const stop = (word | ((word & 0x7f7f7f7f) + 0x76767676)) & 0x80808080;
      const count = stop === 0 ? 4 : firstOf(stop);
      if (count > 0) {
        digits = digits * (POWERS[count] as number) + fourDigits(word << (32 - 8 * count));
        at += count;
      }
      if (count === 4) continue;
      if (bytes[at] !== DOT || whole >= 0) break;
      whole = at - from;
      at++;
    }
    const decimals = whole < 0 ? 0 : at - from - whole - 1;
    if (decimals === 0 && whole >= 0) return -1;
    if (whole < 0) whole = at - from;
    // 15 digits and a power of ten up to 1e22 are doubles, so that dividing them rounds once, to the
    // nearest (William D. Clinger, How to Read Floating Point Numbers Accurately, 1990).
    if (whole > 0 && whole + decimals <= 15 && (bytes[from] !== ZERO || whole === 1)) {
      if (((bytes[at] as number) | 32) !== LETTER_E) {
        this.#number = decimals === 0 ? digits : digits / (POWERS[decimals] as number);
        return at;
      }
    }
    return this.#readOther(bytes, from);
  }

  #readOther(bytes: Buffer, from: number): number {
    this.#number = Number.NaN;
    if (bytes.toString("latin1", from, from + NULL.length) === "null") return from + NULL.length;
    if (!isNumberStart(bytes[from] as number)) return -1;
    const end = skipNumber(bytes, from);
    const value = end < 0 ? Number.NaN : Number(bytes.toString("latin1", from, end));
    // 1e999 is as good as none.
    if (Number.isFinite(value)) this.#number = value;
    return end;
  }

  #learnKey(text: Text, from: number, keys: Key[]): Key | undefined {
    const { bytes } = text;
    const before: Constant[] = [];
    for (let at = from; this.#keyCount < MAX_KEYS && bytes[at + 1] === QUOTE; ) {
      const end = plainEnd(text, at + 2);
      if (end < 0 || bytes[end + 1] !== COLON) break;
      const index = FIELDS.indexOf(bytes.toString("utf8", at + 2, end));
      const field = index < 0 ? OTHER : index;
      const constant = constantAt(text, end + 2, field);
      if (constant !== undefined) {
        before.push({ field, value: constant.value });
        at = constant.end;
        continue;
      }
      if (end + 2 - from > MAX_PATTERN_BYTES) break;
      const pattern = patternOf(bytes.subarray(from, end + 2));
      const key: Key = { pattern, before, field, next: [], texts: [], last: NONE };
      // One with more before it goes first, since the other may be the beginning of it.
      if (before.length > 0) keys.unshift(key);
      else keys.push(key);
      this.#keyCount++;
      return key;
    }
    return undefined;
  }
}

/** A value that hardly changes, if another key is behind it. */
function constantAt(
  text: Text,
  at: number,
  field: number,
): { readonly value: string | null; readonly end: number } | undefined {
  const { bytes, words } = text;
  const isText = field === TYPE && bytes[at] === QUOTE;
  if (!isText && !isAt(words, at, NULL)) return undefined;
  const end = isText ? plainEnd(text, at + 1) + 1 : at + NULL.length;
  if (end === 0 || bytes[end] !== COMMA) return undefined;
  return { value: isText ? internalized(bytes.toString("utf8", at + 1, end - 1)) : null, end };
}

// Texts, then numbers, then what is neither.
const FIELDS: readonly string[] = [
  "run_id",
  "type",
  "writer",
  "tool",
  "model",
  "status",
  "stop_reason",
  "provider",
  "step",
  "ts",
  "duration_ms",
  "count",
  "input_tokens",
  "output_tokens",
  "cache_read_tokens",
  "cache_write_tokens",
  "reasoning_tokens",
  "error",
  "usage",
  "tags",
];
const TYPE = 1;
const NUMBERS = 8;
const FLAGS = 17;
const OTHER = 20;

const POWERS = Array.from({ length: 16 }, (_, exponent) => 10 ** exponent);
const [NEWLINE, QUOTE, COMMA, DOT, ZERO, COLON] = [10, 34, 44, 46, 48, 58];
const [LETTER_E, OPEN_OBJECT, CLOSE_OBJECT] = [101, 123, 125];

function setConstant(record: Scanned, { field, value }: Constant): void {
  if (field < NUMBERS) setText(record, field, value);
  else if (field < FLAGS) setNumber(record, field, Number.NaN);
  else if (field < OTHER) setFlag(record, field, null);
}

function setText(record: Scanned, field: number, text: string | null): void {
  switch (field) {
    case 0:
      record.run_id = text;
      break;
    case 1:
      record.type = text;
      break;
    case 2:
      record.writer = text;
      break;
    case 3:
      record.tool = text;
      break;
    case 4:
      record.model = text;
      break;
    case 5:
      record.status = text;
      break;
    case 6:
      record.stop_reason = text;
      break;
    default:
      record.provider = text;
  }
}

function setNumber(record: Scanned, field: number, value: number): void {
  switch (field) {
    case 8:
      record.step = value;
      break;
    case 9:
      record.ts = value;
      break;
    case 10:
      record.duration_ms = value;
      break;
    case 11:
      record.count = value;
      break;
    case 12:
      record.input_tokens = value;
      break;
    case 13:
      record.output_tokens = value;
      break;
    case 14:
      record.cache_read_tokens = value;
      break;
    case 15:
      record.cache_write_tokens = value;
      break;
    default:
      record.reasoning_tokens = value;
  }
}

function setFlag(record: Scanned, field: number, flag: true | null): void {
  switch (field) {
    case 17:
      record.error = flag;
      break;
    case 18:
      record.usage = flag;
      break;
    default:
      record.tags = flag;
  }
}

function clear(record: Scanned): void {
  record.run_id = undefined;
  record.step = Number.NaN;
  record.type = undefined;
  record.ts = Number.NaN;
  record.writer = undefined;
  record.tool = undefined;
  record.model = undefined;
  record.status = undefined;
  record.stop_reason = undefined;
  record.provider = undefined;
  record.duration_ms = ABSENT;
  record.count = Number.NaN;
  record.input_tokens = Number.NaN;
  record.output_tokens = Number.NaN;
  record.cache_read_tokens = Number.NaN;
  record.cache_write_tokens = Number.NaN;
  record.reasoning_tokens = Number.NaN;
  record.error = undefined;
  record.usage = undefined;
  record.tags = undefined;
}

function keyAt(words: DataView, at: number, keys: readonly Key[]): Key | undefined {
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] as Key;
    if (isAt(words, at, key.pattern)) return key;
  }
  return undefined;
}

function otherText(text: Text, at: number, key: Key): KnownText | undefined {
  const { texts } = key;
  for (let i = 0; i < texts.length; i++) {
    const known = texts[i] as KnownText;
    if (!isAt(text.words, at, known.pattern)) continue;
    key.last = known;
    return known;
  }
  const known = learnText(text, at, texts);
  if (known !== undefined) key.last = known;
  return known;
}

function learnText(text: Text, at: number, texts: KnownText[]): KnownText | undefined {
  const { bytes } = text;
  const end = plainEnd(text, at);
  if (end < 0 || end + 1 - at > MAX_PATTERN_BYTES) return undefined;
  const known = {
    pattern: patternOf(bytes.subarray(at, end + 1)),
    text: internalized(bytes.toString("utf8", at, end)),
  };
  texts.unshift(known);
  if (texts.length > MAX_TEXTS) texts.pop();
  return known;
}

/** The same, as names of keys are kept: once, so that comparing it with others is quick. */
function internalized(text: string): string {
  return Object.keys({ [text]: true })[0] ?? text;
}

/** The number that four digits are, 0 to 9 each, the first one in the lowest byte. */
function fourDigits(word: number): number {
  return (
    (word & 0xff) * 1000 + ((word >> 8) & 0xff) * 100 + ((word >> 16) & 0xff) * 10 + (word >>> 24)
  );
}

function patternOf(bytes: Uint8Array): Pattern {
  const { length } = bytes;
  const words = new Int32Array(Math.ceil(length / 4));
  bytes.forEach((byte, index) => {
    words[index >> 2] = (words[index >> 2] as number) | (byte << (8 * (index & 3)));
  });
  const lastAt = 4 * (words.length - 1);
  return {
    length,
    first: words[0] as number,
    between: words.subarray(1, -1),
    last: words.at(-1) as number,
    lastMask: -1 >>> (8 * (-length & 3)),
    lastAt,
  };
}

/** No pattern has the line end with which the bytes end, so that it stops there. */
function isAt(words: DataView, at: number, pattern: Pattern): boolean {
  const { lastAt, between } = pattern;
  if (lastAt > 0) {
    if (words.getInt32(at, true) !== pattern.first) return false;
    for (let i = 0; i < between.length; i++) {
      if (words.getInt32(at + 4 + 4 * i, true) !== between[i]) return false;
    }
  }
  return ((words.getInt32(at + lastAt, true) ^ pattern.last) & pattern.lastMask) === 0;
}

const ABSENT: number = Number.POSITIVE_INFINITY;
const NULL = patternOf(Buffer.from("null"));
// UTF-8 has no such byte.
const NONE: KnownText = { pattern: patternOf(Buffer.from([0xff])), text: "" };

/**
 * A record without the key `duration_ms` took no time, one in which it is `null` an unknown one; calls,
 * whose durations are counted, always have it.
 */
function withDuration(record: Scanned): boolean {
  if (record.duration_ms !== ABSENT) return true;
  record.duration_ms = 0;
  return record.type !== "llm_call" && record.type !== "tool_call";
}
