import { safe } from "@step-log/core";
import type { Column, Table } from "./answer.ts";
import { headingOf, textOf } from "./text-table.ts";

/** Writes a table in Markdown, with what people read; nothing in a log can become markup. */
export function markdownTable<Row>({
  title,
  columns,
  rows,
  empty = "nothing",
}: Table<Row>): string {
  const heading = title === undefined ? "" : `## ${escaped(title)}\n\n`;
  if (rows.length === 0) return `${heading}${escaped(empty)}\n`;
  const body = rows.map((row) => markdownRow(columns, row));
  return heading + markdownHead(columns) + body.join("");
}

/** The first two lines of a table. */
export function markdownHead<Row>(columns: readonly Column<Row>[]): string {
  const rule = columns.map(({ align }) => (align === "right" ? "---:" : "---"));
  return line(columns.map((column) => escaped(headingOf(column)))) + line(rule);
}

/** A line of a table. */
export function markdownRow<Row>(columns: readonly Column<Row>[], row: Row): string {
  return line(columns.map((column) => escaped(textOf(column, row))));
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |\n`;
}

/** Backslashes before what Markdown and HTML read as markup. */
function escaped(text: string): string {
  return safe(text).replace(/[\\`*_{}[\]<>#|~&!]/g, (character) => `\\${character}`);
}
