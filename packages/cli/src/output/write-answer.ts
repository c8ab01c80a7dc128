import type { Json } from "@step-log/core";
import type { Io } from "../io.ts";
import type { Answer, Table } from "./answer.ts";
import { csvLine } from "./csv-line.ts";
import type { Format } from "./format.ts";
import { markdownTable } from "./markdown-table.ts";
import { paintFor } from "./paint.ts";
import { textTable } from "./text-table.ts";
import { visible } from "./visible.ts";
import { write } from "./write.ts";

/** Writes an answer to stdout in a format. */
export async function writeAnswer(io: Io, format: Format, answer: Answer): Promise<void> {
  const { stdout } = io;
  const [first] = answer.tables;
  switch (format) {
    case "json":
      return write(stdout, `${JSON.stringify(answer.json, null, 2)}\n`);
    case "jsonl":
      return write(
        stdout,
        linesOf(first, (row) => JSON.stringify(row)),
      );
    case "csv":
      return write(stdout, csvOf(first));
    case "markdown":
      return write(stdout, blocks(answer, markdownTable));
    case "table": {
      const layout = {
        columns: stdout.columns ?? WITHOUT_TERMINAL,
        paint: paintFor(stdout, io.env),
      };
      return write(
        stdout,
        blocks(answer, (it) => textTable(it, layout)),
      );
    }
  }
}

// Of a pipe, whose reader may cut lines itself.
const WITHOUT_TERMINAL = 200;

function blocks({ headline, tables }: Answer, write: (table: Table) => string): string {
  const texts = tables.map(write);
  if (headline !== undefined) texts.unshift(`${visible(headline)}\n`);
  return texts.filter((text) => text !== "").join("\n");
}

/** A row as other programs get it: `{"tool":"search","calls":12}` */
export function rowObject<Row>({ columns }: Pick<Table<Row>, "columns">, row: Row): Json {
  const entries = columns.map(({ name, value }) => [name, value(row) ?? null] as const);
  return Object.fromEntries(entries);
}

function linesOf(table: Table | undefined, line: (row: Json) => string): string {
  if (table === undefined) return "";
  return table.rows.map((row) => `${line(rowObject(table, row))}\n`).join("");
}

function csvOf(table: Table | undefined): string {
  if (table === undefined) return "";
  const heading = csvLine(table.columns.map(({ name }) => name));
  return (
    heading +
    table.rows.map((row) => csvLine(table.columns.map(({ value }) => value(row)))).join("")
  );
}
