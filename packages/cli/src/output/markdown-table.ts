import { safe } from "@step-log/core";
import type { Table } from "./answer.ts";
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
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |\n`;
  const rule = columns.map(({ align }) => (align === "right" ? "---:" : "---"));
  const body = rows.map((row) => line(columns.map((column) => escaped(textOf(column, row)))));
  return (
    heading + line(columns.map((column) => escaped(headingOf(column)))) + line(rule) + body.join("")
  );
}

/** Backslashes before what Markdown and HTML read as markup. */
function escaped(text: string): string {
  return safe(text).replace(/[\\`*_{}[\]<>#|~&!]/g, (character) => `\\${character}`);
}
