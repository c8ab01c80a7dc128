import type { Text } from "./scannable.ts";
import { firstOf, isNullAt, isNumberStart, skipNumber } from "./skip-json.ts";

const DOT = 46;
const ZERO = 48;
const LETTER_E = 101;

const POWERS = Array.from({ length: 16 }, (_, exponent) => 10 ** exponent);

/** Reads a number into a place of `numbers`, `null` as NaN: gives where it ends, or -1 where there is none. */
export function readNumber(
  { bytes, words }: Text,
  from: number,
  numbers: Float64Array,
  index: number,
): number {
  let at = from;
  let digits = 0;
  let whole = -1;
  for (;;) {
    const word = words.getInt32(at, true) ^ 0x30303030;
    // Digits are now 0 to 9, and plus 118 they leave the highest bit of their byte as it is.
    const stop = (word | ((word & 0x7f7f7f7f) + 0x76767676)) & -0x7f7f7f80;
    if (stop === 0) {
      digits = digits * 10_000 + fourDigits(word);
      at += 4;
      continue;
    }
    const count = firstOf(stop);
    if (count > 0) {
      digits = digits * (POWERS[count] as number) + fourDigits(word << (32 - 8 * count));
      at += count;
    }
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
      numbers[index] = decimals === 0 ? digits : digits / (POWERS[decimals] as number);
      return at;
    }
  }
  return readOther(bytes, from, numbers, index);
}

function readOther(bytes: Buffer, from: number, numbers: Float64Array, index: number): number {
  numbers[index] = Number.NaN;
  if (isNullAt(bytes, from)) return from + 4;
  if (!isNumberStart(bytes[from] as number)) return -1;
  const end = skipNumber(bytes, from);
  const value = end < 0 ? Number.NaN : Number(bytes.toString("latin1", from, end));
  // 1e999 is as good as none.
  if (Number.isFinite(value)) numbers[index] = value;
  return end;
}

/** The number that four digits are, 0 to 9 each, the first one in the lowest byte. */
function fourDigits(word: number): number {
  const pairs = Math.imul(word, 10) + (word >>> 8);
  return (pairs & 0xff) * 100 + ((pairs >>> 16) & 0xff);
}
