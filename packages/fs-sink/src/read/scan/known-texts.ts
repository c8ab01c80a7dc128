import { isAt, Pattern } from "./pattern.ts";
import type { Text } from "./scannable.ts";
import { plainEnd } from "./skip-json.ts";

/** A text as it stood in a line. */
export interface KnownText {
  readonly text: string;
  /** How many bytes it has, with its quotes. */
  readonly length: number;
  /** From its key's last quote on: `":"run-1"` */
  readonly pattern: Pattern;
}

// A place for each hash: for runs that are written side by side.
const HASH_BITS = 8;
const SHIFT: number = 32 - HASH_BITS;
// Ids of runs have 36 as a rule. All that is kept in mind of a hostile log is 256 * 2 * 256 bytes, 128 KiB.
const MAX_BYTES = 256;
const BEFORE = '":'.length;

/** Texts that were read lately: the same bytes give the same string, and it is not made again. */
export class KnownTexts {
  readonly #texts: KnownText[] = Array(2 ** HASH_BITS).fill(NOTHING);
  #last: KnownText = NOTHING;

  /** The text whose opening quote is at `from`, behind a key; nothing where it has escapes, or is too long. */
  at(text: Text, from: number): KnownText | undefined {
    if (isAt(text.words, from - BEFORE, this.#last.pattern)) return this.#last;
    const end = plainEnd(text, from + 1);
    const length = end + 1 - from;
    if (end < 0 || length > MAX_BYTES) return undefined;
    const lastBytes = text.words.getInt32(end - 3, true);
    // Golden ratio hashing (Donald Knuth, The Art of Computer Programming 3, 6.4).
    const hash = Math.imul(lastBytes + length, 0x9e3779b1) >>> SHIFT;
    let known = this.#texts[hash] as KnownText;
    if (!isAt(text.words, from - BEFORE, known.pattern)) {
      known = learned(text.bytes, from, length);
      this.#texts[hash] = known;
    }
    this.#last = known;
    return known;
  }
}

function learned(bytes: Buffer, from: number, length: number): KnownText {
  const pattern = new Pattern(bytes.subarray(from - BEFORE, from + length));
  return { text: bytes.toString("utf8", from + 1, from + length - 1), length, pattern };
}

// UTF-8 has no such byte.
const NOTHING: KnownText = {
  text: "",
  length: 0,
  pattern: new Pattern(new Uint8Array(4).fill(0xff)),
};
