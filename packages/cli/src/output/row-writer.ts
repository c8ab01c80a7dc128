import type { Json } from "@step-log/core";
import type { Io } from "../io.ts";
import type { Column } from "./answer.ts";
import { csvLine } from "./csv-line.ts";
import type { Format } from "./format.ts";
import { markdownHead, markdownRow } from "./markdown-table.ts";
import { type Paint, paintFor } from "./paint.ts";
import { write } from "./write.ts";
import { rowObject } from "./write-answer.ts";

/** How rows are written that come one by one. */
export interface RowWriterOptions<Row> {
  readonly format: Format;
  readonly columns: readonly Column<Row>[];
  /** A row for people, without the line end, safe for terminals. */
  readonly line: (row: Row, paint: Paint) => string;
  /** The key of the rows in the document of `--json`. */
  readonly jsonKey: string;
}

/** Writes rows as they are found, in any format. */
export interface RowWriter<Row> {
  /** Waits where the reader is slower. */
  add(row: Row): Promise<void>;
  /** Ends the document. `about` stands in that of `--json`, beside the rows. */
  end(about: { readonly [key: string]: Json }): Promise<void>;
}

/** Makes a writer to stdout, for answers that would be long to wait for, or too long for memory. */
export function rowWriter<Row>(io: Io, options: RowWriterOptions<Row>): RowWriter<Row> {
  const { format, columns, line, jsonKey } = options;
  const { stdout } = io;
  const paint = paintFor(stdout, io.env);
  const head: Partial<Record<Format, () => string>> = {
    csv: () => csvLine(columns.map(({ name }) => name)),
    markdown: () => markdownHead(columns),
    json: () => `{\n  ${JSON.stringify(jsonKey)}: [`,
  };
  const body: Record<Format, (row: Row) => string> = {
    table: (row) => `${line(row, paint)}\n`,
    jsonl: (row) => `${JSON.stringify(rowObject({ columns }, row))}\n`,
    json: (row) => `${rows === 0 ? "" : ","}\n    ${JSON.stringify(rowObject({ columns }, row))}`,
    csv: (row) => csvLine(columns.map(({ value }) => value(row))),
    markdown: (row) => markdownRow(columns, row),
  };
  let rows = 0;
  const begun = (): string => (rows === 0 ? (head[format]?.() ?? "") : "");
  return {
    async add(row) {
      const text = begun() + body[format](row);
      rows++;
      await write(stdout, text);
    },
    async end(about) {
      const rest = Object.entries(about).map(
        ([key, value]) => `,\n  ${JSON.stringify(key)}: ${JSON.stringify(value)}`,
      );
      const tail = format === "json" ? `${rows === 0 ? "" : "\n  "}]${rest.join("")}\n}\n` : "";
      await write(stdout, begun() + tail);
    },
  };
}
