import stringWidth from "string-width";

/** How many cells of a terminal a text takes; controls have to be made visible before. */
export function widthOf(text: string): number {
  return isAscii(text) ? text.length : stringWidth(text);
}

/**
 * Cuts or fills a text to exactly so many cells: `search…  `.
 *
 * @param align Where it stands when it is shorter.
 * @param cut Where it gives way when it is longer.
 */
export function fit(
  text: string,
  width: number,
  { align = "left", cut = "end" }: FitOptions = {},
): string {
  if (width <= 0) return "";
  const shown = cut === "middle" ? cutMiddle(text, width) : cutEnd(text, width);
  const space = " ".repeat(Math.max(0, width - widthOf(shown)));
  return align === "left" ? shown + space : space + shown;
}

export interface FitOptions {
  readonly align?: "left" | "right";
  readonly cut?: "end" | "middle";
}

/** Cuts a text that is wider, so that its end or what was in the middle shows as `…`. */
export function cutEnd(text: string, width: number): string {
  if (text.length <= width && isAscii(text)) return text;
  const whole = takeStart(text, width);
  return whole.length === text.length ? text : `${takeStart(text, width - 1)}…`;
}

/**
 * Breaks a text to pieces of at most so many cells, at a space where there is one not far back; nothing of
 * it is left out.
 */
export function wrap(text: string, width: number): readonly string[] {
  if (text.length <= width && isAscii(text)) return [text];
  const pieces: string[] = [];
  let rest = text;
  for (;;) {
    const piece = takeStart(rest, Math.max(2, width));
    if (piece.length === rest.length) return [...pieces, rest];
    const space = piece.lastIndexOf(" ") + 1;
    const end = space > piece.length * NOT_FAR ? space : piece.length;
    pieces.push(rest.slice(0, end));
    rest = rest.slice(end);
  }
}

// A line that is less full than this looks as if it had ended.
const NOT_FAR = 0.6;

function cutMiddle(text: string, width: number): string {
  if (text.length <= width && isAscii(text)) return text;
  if (takeStart(text, width).length === text.length) return text;
  const end = Math.floor((width - 1) / 2);
  // No grapheme that a name ends with is longer than this many characters.
  const tail = [...text.slice(-4 * end)];
  while (widthOf(tail.join("")) > end) tail.shift();
  return `${takeStart(text, width - 1 - end)}…${tail.join("")}`;
}

/** As much of a text as has room, by whole graphemes. */
function takeStart(text: string, width: number): string {
  // So many characters of ASCII fill it; what is behind cannot matter, and may be a megabyte.
  const head = text.slice(0, width);
  if (isAscii(head)) return head;
  let room = width;
  let length = 0;
  // A family of four has 11 characters in 2 cells.
  for (const { segment } of GRAPHEMES.segment(text.slice(0, 12 * width + 12))) {
    room -= graphemeWidth(segment);
    if (room < 0) break;
    length += segment.length;
  }
  return text.slice(0, length);
}

const GRAPHEMES = new Intl.Segmenter();

// Texts have few different ones, and to measure one takes some microseconds.
const widths = new Map<string, number>();
const MAX_KEPT = 10_000;

function graphemeWidth(grapheme: string): number {
  let width = widths.get(grapheme);
  if (width === undefined) {
    width = stringWidth(grapheme);
    if (widths.size >= MAX_KEPT) widths.clear();
    widths.set(grapheme, width);
  }
  return width;
}

function isAscii(text: string): boolean {
  return /^[ -~]*$/.test(text);
}
