// Loads in 6 ms, where string-width takes 50, and cli-truncate some more: half a start of the command.
import measured from "fast-string-truncated-width";

/** How many cells of a terminal a text takes; controls have to be made visible before. */
export function widthOf(text: string): number {
  return isAscii(text) ? text.length : measured(text).width;
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
  const shown = cutTo(text, width, cut);
  const space = " ".repeat(Math.max(0, width - widthOf(shown)));
  return align === "left" ? shown + space : space + shown;
}

export interface FitOptions {
  readonly align?: "left" | "right";
  readonly cut?: Cut;
}

/** Where a text gives way. */
export type Cut = "start" | "middle" | "end";

/** Cuts a text that is wider, where it may be; `…` shows where. */
export function cutTo(text: string, width: number, cut: Cut): string {
  if (cut === "end") return cutEnd(text, width);
  if (text.length <= width && isAscii(text)) return text;
  if (takeStart(text, width).length === text.length) return text;
  const end = cut === "start" ? width - 1 : Math.floor((width - 1) / 2);
  // No grapheme that a name ends with is longer than this many characters.
  const tail = [...text.slice(-4 * end)];
  while (widthOf(tail.join("")) > end) tail.shift();
  return `${takeStart(text, width - 1 - end)}…${tail.join("")}`;
}

/** Cuts a line that is coloured already; colours end with it. */
export function cutPainted(line: string, width: number): string {
  const { index, truncated } = measured(line, { limit: width, ellipsis: "…", ellipsisWidth: 1 });
  if (!truncated) return line;
  return `${line.slice(0, index)}…${line.includes("\u{1b}") ? "\u{1b}[0m" : ""}`;
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

/** As much of a text as has room, by whole graphemes. */
function takeStart(text: string, width: number): string {
  // So many characters of ASCII fill it; what is behind cannot matter, and may be a megabyte.
  const head = text.slice(0, width);
  if (isAscii(head)) return head;
  let room = width;
  let length = 0;
  // A family of four has 11 characters in 2 cells.
  graphemes ??= new Intl.Segmenter();
  for (const { segment } of graphemes.segment(text.slice(0, 12 * width + 12))) {
    room -= graphemeWidth(segment);
    if (room < 0) break;
    length += segment.length;
  }
  return text.slice(0, length);
}

// Made when a text needs it: most logs are ASCII.
let graphemes: Intl.Segmenter | undefined;

// Texts have few different ones, and to measure one takes some microseconds.
const widths = new Map<string, number>();
const MAX_KEPT = 10_000;

function graphemeWidth(grapheme: string): number {
  let width = widths.get(grapheme);
  if (width === undefined) {
    width = measured(grapheme).width;
    if (widths.size >= MAX_KEPT) widths.clear();
    widths.set(grapheme, width);
  }
  return width;
}

function isAscii(text: string): boolean {
  return /^[ -~]*$/.test(text);
}
