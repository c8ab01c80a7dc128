import { safe } from "@step-log/core";
import type { Column, Table } from "./answer.ts";
import { fit, widthOf } from "./cells.ts";
import { leaveOut } from "./leave-out.ts";
import type { Paint } from "./paint.ts";

/** What a table is laid out for. */
export interface Layout {
  /** Characters in a line. */
  readonly columns: number;
  readonly paint: Paint;
}

// Between columns; one space is too little for the eye where figures follow texts.
const GAP = "  ";
// Before lines below a row.
const DETAIL = "    ";
// A text that is cut to less tells nothing.
const MIN_CUT = 8;
// Before one is cut to less, columns that may be left out are.
const EASY_CUT = 24;

/**
 * Lays a table out for a terminal. Columns are as wide as their widest cell; where that is too wide,
 * those that may be left out are, and then those that may be cut are cut.
 */
export function textTable<Row>(table: Table<Row>, { columns: room, paint }: Layout): string {
  const { title, rows, empty = "nothing" } = table;
  const heading = title === undefined ? "" : `${paint.bold(safe(title))}\n`;
  if (rows.length === 0) return `${heading}${paint.dim(safe(empty))}\n`;
  const laidOut = fitted(
    table.columns.filter(({ isHidden }) => !isHidden).map((column) => measured(column, rows)),
    room,
  );
  const line = (cells: readonly string[]) => `${cells.join(GAP).trimEnd()}\n`;
  const head = line(
    laidOut.map(({ column, width }) => paint.dim(fit(headingOf(column), width, column))),
  );
  const body = rows.map((row, index) => {
    const cells = laidOut.map(({ column, width, texts }) => {
      const text = fit(texts[index] ?? "", width, column);
      return column.paint === undefined ? text : column.paint(row, paint)(text);
    });
    const details = table.details?.(row) ?? [];
    return line(cells) + details.map((text) => `${DETAIL}${paint.dim(safe(text))}\n`).join("");
  });
  return heading + head + body.join("");
}

interface Measured<Row> {
  readonly column: Column<Row>;
  readonly texts: readonly string[];
  readonly width: number;
}

function measured<Row>(column: Column<Row>, rows: readonly Row[]): Measured<Row> {
  const texts = rows.map((row) => safe(textOf(column, row)));
  const width = Math.max(
    widthOf(headingOf(column)),
    ...new Set(texts.map((text) => widthOf(text))),
  );
  return { column, texts, width };
}

/** What people read in a cell. */
export function textOf<Row>({ text, value }: Column<Row>, row: Row): string {
  if (text !== undefined) return text(row);
  const shown = value(row);
  if (shown === null || shown === undefined) return "-";
  return typeof shown === "string" ? shown : JSON.stringify(shown);
}

/** What stands above a column: its name without the unit, which its figures have. */
export function headingOf({ name }: Pick<Column<never>, "name">): string {
  return name.replace(/_(?:ms|usd|bytes)$/, "").replaceAll("_", " ");
}

function fitted<Row>(all: readonly Measured<Row>[], room: number): readonly Measured<Row>[] {
  const shown = [...all];
  const excess = () => total(shown) - room;
  const spare = () =>
    shown.reduce(
      (sum, { column, width }) => sum + (column.cut ? Math.max(0, width - EASY_CUT) : 0),
      0,
    );
  leaveOut(
    shown,
    ({ column }) => column,
    () => excess() > spare(),
  );
  // The widest gives way first, so that texts that need little keep it.
  for (let over = excess(); over > 0; over = excess()) {
    const cuttable = shown.filter(({ column, width }) => column.cut && width > MIN_CUT);
    const widest = cuttable.sort((a, b) => b.width - a.width)[0];
    if (widest === undefined) break;
    const next = cuttable[1]?.width ?? MIN_CUT;
    const width = Math.max(widest.width - over, Math.min(next, widest.width - 1), MIN_CUT);
    shown[shown.indexOf(widest)] = { ...widest, width };
  }
  return shown;
}

function total(shown: readonly { readonly width: number }[]): number {
  return shown.reduce((sum, { width }) => sum + width + GAP.length, -GAP.length);
}
