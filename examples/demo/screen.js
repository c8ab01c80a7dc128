import { safe } from "@step-log/core";
import cliTruncate from "cli-truncate";
import pc from "picocolors";
import stringWidth from "string-width";
import wrapAnsi from "wrap-ansi";

// Narrower than this the table has no room, wider than this the eye loses the line.
const MIN_COLUMNS = 60;
const MAX_COLUMNS = 120;

/**
 * One cell of a row: as wide as its text, or `width` wide, and cut where it is longer; `lead` stays.
 *
 * @typedef {object} Cell
 * @property {string} text
 * @property {string} [lead]
 * @property {number} [width]
 * @property {"left" | "right"} [align]
 * @property {"start" | "middle" | "end"} [cut]
 * @property {(text: string) => string} [paint]
 */

/** @typedef {ReturnType<typeof screen>} Screen */

/**
 * Lays text out. All of it goes through `safe`; only colours and spaces are added after that.
 *
 * @param {{ print: (line: string) => void, columns: number, color: boolean }} options
 */
export function screen({ print, columns, color }) {
  // Every line but a title begins with two spaces.
  const width = Math.min(Math.max(columns, MIN_COLUMNS), MAX_COLUMNS) - 2;
  const colors = pc.createColors(color);

  return {
    width,
    colors,
    blank: () => print(""),
    /** @param {string} text */
    title: (text) => print(`\n${colors.bold(safe(text))}`),
    /** @param {readonly Cell[]} cells */
    row: (...cells) => print(`  ${cells.map(cell).join(" ")}`.trimEnd()),
    /** Never cut, for what will be copied. @param {string} text */
    line: (text) => print(`  ${safe(text)}`),
    /** A command that is carried out. @param {string} text */
    command: (text) => print(`\n${colors.bold(`$ ${safe(text)}`)}`),
    /** What is made safe, coloured and laid out already. @param {string} text */
    raw: (text) => print(text === "" ? "" : `  ${text}`),
    /** Wrapped; keeps its line ends and their indents. @param {string} text */
    paragraph(text, paint = (/** @type {string} */ same) => same) {
      for (const line of text.split("\n")) {
        const indent = "  ".padEnd(2 + line.search(/[^ ]|$/));
        const wrapped = wrapAnsi(safe(line.trimStart()), width + 2 - indent.length, { hard: true });
        for (const part of wrapped.split("\n")) print((indent + paint(part)).trimEnd());
      }
    },
  };
}

/** @param {Cell} cell */
function cell({ text, lead = "", width, align = "left", cut = "end", paint = (same) => same }) {
  const [start, rest] = [safe(lead), safe(text)];
  if (width === undefined) return paint(start + rest);
  const room = Math.max(1, width - stringWidth(start));
  const shown = cliTruncate(start + cliTruncate(rest, room, { position: cut }), width);
  const space = " ".repeat(width - stringWidth(shown));
  return align === "left" ? paint(shown) + space : space + paint(shown);
}
