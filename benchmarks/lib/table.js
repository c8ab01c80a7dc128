// @ts-check
import { median } from "./percentiles.js";

/**
 * @typedef {object} Column
 * @property {string} name
 * @property {string} [key] Of the results; the median of the runs.
 * @property {string | ((row: string) => string)} [of] The row that the figure is divided by, run by run; the median of that.
 * @property {(row: string) => string} [text] Instead of a figure.
 * @property {boolean} [worst] The highest of the runs instead.
 * @property {number} [digits] Significant; default 3.
 */

/**
 * @typedef {object} Part What a part of the benchmarks gives.
 * @property {string} title
 * @property {string} [note]
 * @property {readonly Column[]} columns
 * @property {Map<string, Record<string, number>[]>} results
 */

/**
 * A part as a table of plain text that is Markdown, too.
 *
 * @param {Part} part
 */
export function table({ title, note, columns, results }) {
  const rows = [...results.keys()].map((row) => [
    row,
    ...columns.map((column) => cell(column, row, results)),
  ]);
  const head = ["", ...columns.map(({ name }) => name)];
  const widths = head.map((name, i) =>
    Math.max(name.length, ...rows.map((row) => row[i]?.length ?? 0)),
  );
  const line = (/** @type {string[]} */ cells) =>
    `| ${cells.map((text, i) => (i === 0 ? text.padEnd(widths[i] ?? 0) : text.padStart(widths[i] ?? 0))).join(" | ")} |`;
  const rule = `|${widths.map((width, i) => (i === 0 ? `${"-".repeat(width + 2)}` : `${"-".repeat(width + 1)}:`)).join("|")}|`;
  const said = note === undefined ? [] : [note, ""];
  return [`### ${title}`, "", ...said, line(head), rule, ...rows.map(line), ""].join("\n");
}

/**
 * @param {Column} column
 * @param {string} row
 * @param {Part["results"]} results
 */
function cell({ key, of, text, worst = false, digits = 3 }, row, results) {
  if (text !== undefined) return text(row);
  const values = (results.get(row) ?? []).map((result) => result[key ?? ""]);
  const base = results.get(typeof of === "function" ? of(row) : (of ?? ""));
  const figures = values.flatMap((value, i) => {
    const divisor = of === undefined ? 1 : base?.[i]?.[key ?? ""];
    return value === undefined || divisor === undefined ? [] : [value / divisor];
  });
  if (figures.length === 0) return "";
  const figure = worst ? Math.max(...figures) : median(figures);
  return figure.toLocaleString("en", { maximumSignificantDigits: digits });
}
