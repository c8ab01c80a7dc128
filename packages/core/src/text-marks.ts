// What the units of a text say of it, as bits, so that one pass over a short text tells whether a
// regular expression would find anything.

/** Has an escape of two characters in JSON: `\n`, `\"`. */
export const ESCAPED = 1;
/** One with which a credential or the name of one begins or ends: `sk_live`, `AKIA`, `password=`. */
export const TELLING = 2;
/** The same, but so common in names and words that only a long text can hold what follows. */
export const JOINING = 4;
/** Is not ASCII, or a control character without such an escape. */
export const FOREIGN = 8;

const MARKS: Uint8Array = /* @__PURE__ */ marks();

/** The bits of a UTF-16 unit up to 255. Those above get the bits of another, and have to be told apart. */
export function marksOf(unit: number): number {
  return MARKS[unit & 255] as number;
}

/** The bits of all units of a text. */
export function marksIn(text: string): number {
  let marks = 0;
  for (let i = 0; i < text.length; i++) marks |= marksOf(text.charCodeAt(i));
  return marks;
}

function marks(): Uint8Array {
  const table = new Uint8Array(256);
  table.fill(FOREIGN, 0, 32);
  table.fill(FOREIGN, 127);
  for (const char of '\b\t\n\f\r"\\') table[char.charCodeAt(0)] = ESCAPED;
  for (const char of ":=ABJS") table[char.charCodeAt(0)] = TELLING;
  for (const char of "-_") table[char.charCodeAt(0)] = JOINING;
  return table;
}
