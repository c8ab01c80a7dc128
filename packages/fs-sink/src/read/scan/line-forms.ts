import { Pattern } from "./pattern.ts";
import type { Text } from "./scannable.ts";
import {
  DURATION,
  FIELDS,
  FLAGS,
  type LineValues,
  NAMES,
  type Names,
  OTHER,
  ScannedLine,
  TYPE,
} from "./scanned-line.ts";
import { isNullAt, plainEnd } from "./skip-json.ts";

/** Keys and names that stood in a line, as far as the next value that changes. */
export interface Step {
  /** `,"output":` or `"search","input":` or, with keys whose values hardly change, `,"error":null,"duration_ms":` */
  readonly pattern: Pattern;
  /** How far behind its beginning that value is. */
  readonly length: number;
  /** Whose it is, as an index in FIELDS, or `OTHER`; `NONE` before a name, and at the end of a line. */
  readonly field: number;
  readonly next: Place;
}

/** A place in lines that had the same keys and names so far. */
export interface Place {
  /** What has come next. */
  readonly steps: Step[];
  /** A line that ends here. */
  readonly record: ScannedLine;
  /** Whether the duration is right that such a line is thought to have. */
  readonly isTimed: boolean;
  readonly names: Names;
  /** Which FIELDS there have been, a bit for each. */
  readonly seen: number;
  /** Whose name comes next, as an index in FIELDS, or `NONE` where it is a key. */
  readonly named: number;
}

export const NONE = -1;

// Of an agent with 100 tools, each of which fails at times, some 1,500.
const MAX_STEPS = 4000;
// So many tools are told apart; a line with another one is left to JSON.parse.
const MAX_STEPS_OF_PLACE = 128;
// ARNs of models have up to 200. All that is kept in mind of a hostile log is 4,000 * (256 + 500) bytes, 3 MB.
const MAX_BYTES = 256;
// All but a name of one letter at the end of a line has as many.
const MIN_BYTES = 4;

const QUOTE = 34;
const COMMA = 44;
const COLON = 58;
const OPEN_OBJECT = 123;
const CLOSE_OBJECT = 125;

/** The forms that lines have had: which keys and names came one after the other. */
export class LineForms {
  readonly start: Place;
  readonly #values: LineValues;
  #stepCount = 0;

  constructor(values: LineValues) {
    this.#values = values;
    this.start = this.#place({ names: {}, seen: 0, named: NONE });
  }

  /** Learns what comes next at a place in a line; gives nothing where it is for `JSON.parse`. */
  learn(text: Text, from: number, place: Place): Step | undefined {
    const { bytes } = text;
    if (this.#stepCount >= MAX_STEPS || place.steps.length >= MAX_STEPS_OF_PLACE) return undefined;
    let { names, seen, named: field } = place;
    let opening = place === this.start ? OPEN_OBJECT : COMMA;
    let at = from;
    for (;;) {
      if (field === NONE) {
        const end = bytes[at] === opening && bytes[at + 1] === QUOTE ? plainEnd(text, at + 2) : -1;
        if (end < 0 || bytes[end + 1] !== COLON) return undefined;
        field = fieldOf(bytes.toString("utf8", at + 2, end));
        // Of a key that is there twice the last one counts.
        if (field < OTHER && (seen & (1 << field)) !== 0) return undefined;
        if (field < OTHER) seen |= 1 << field;
        at = end + 2;
        const to = { bytes, from, at, place };
        if (field < NAMES) return this.#add(to, field, { names, seen, named: NONE });
        if (field > TYPE && field < FLAGS && !isNullAt(bytes, at))
          return this.#add(to, NONE, { names, seen, named: field });
      }
      const key = FIELDS[field];
      const to = { bytes, from, at, place };
      if (isNullAt(bytes, at)) {
        if (key !== undefined) names = { ...names, [key]: null };
        at += 4;
      } else if (field < FLAGS) {
        const end = bytes[at] === QUOTE ? plainEnd(text, at + 1) : -1;
        if (end < 0 || key === undefined) return undefined;
        names = { ...names, [key]: internalized(bytes.toString("utf8", at + 1, end)) };
        at = end + 1;
      } else {
        if (key !== undefined) names = { ...names, [key]: true };
        return this.#add(to, OTHER, { names, seen, named: NONE }, field < OTHER);
      }
      if (bytes[at] === CLOSE_OBJECT)
        return this.#add({ bytes, from, at, place }, NONE, { names, seen, named: NONE });
      field = NONE;
      opening = COMMA;
    }
  }

  #add(
    { bytes, from, at, place }: { bytes: Buffer; from: number; at: number; place: Place },
    field: number,
    next: Pick<Place, "names" | "seen" | "named">,
    isFlag = false,
  ): Step | undefined {
    if (at - from < MIN_BYTES || at - from > MAX_BYTES) return undefined;
    this.#stepCount++;
    // With the first byte of the value of a flag it is not taken for one that is null.
    const pattern = new Pattern(bytes.subarray(from, isFlag ? at + 1 : at));
    const step = { pattern, length: at - from, field, next: this.#place(next) };
    place.steps.push(step);
    return step;
  }

  #place({ names, seen, named }: Pick<Place, "names" | "seen" | "named">): Place {
    const isCall = names.type === "llm_call" || names.type === "tool_call";
    return {
      steps: [],
      record: new ScannedLine(names, this.#values),
      isTimed: !isCall || (seen & (1 << DURATION)) !== 0,
      names,
      seen,
      named,
    };
  }
}

function fieldOf(key: string): number {
  const index = (FIELDS as readonly string[]).indexOf(key);
  return index < 0 ? OTHER : index;
}

/** The same, as names of keys are kept: once, so that comparing it with others is quick. */
function internalized(text: string): string {
  return Object.keys({ [text]: true })[0] ?? text;
}
