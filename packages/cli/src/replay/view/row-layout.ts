import { safe } from "@step-log/core";
import { fit } from "../../output/cells.ts";
import { leaveOut } from "../../output/leave-out.ts";
import type { Paint } from "../../output/paint.ts";
import { type TextMatch, type Tone, toned } from "../../terminal/line.ts";

/** A column of a list that is paged through, in which widths stay as they are from page to page. */
export interface RowColumn<Row> {
  readonly name: string;
  /** In cells; without one it gets what is left. */
  readonly width?: number;
  /** Its share of what is left. */
  readonly grows?: number;
  /** Least that a growing one is of use with. */
  readonly min?: number;
  /** Most that a growing one has use for. */
  readonly max?: (rows: readonly Row[]) => number;
  readonly text: (row: Row) => string;
  readonly tone?: (row: Row) => Tone;
  readonly align?: "left" | "right";
  /** Where its texts give way. @defaultValue "end" */
  readonly cut?: (row: Row) => "end" | "middle";
  /** Left out where there is no room for it, the highest first. */
  readonly leaveOut?: number;
}

export type PlacedColumn<Row> = RowColumn<Row> & { readonly width: number };

const GAP = 2;
/** Before the columns: whether a row is selected, and what state it is in. */
export const GUTTER = 3;

/** Shares the room out to columns. */
export function withWidths<Row>(
  all: readonly RowColumn<Row>[],
  rows: readonly Row[],
  room: number,
): readonly PlacedColumn<Row>[] {
  const shown = [...all];
  const least = () => shown.reduce((sum, { width, min = 1 }) => sum + (width ?? min) + GAP, -GAP);
  leaveOut(
    shown,
    (column) => column,
    () => least() > room,
  );
  // Too narrow for all of it: the first ones tell what a row is.
  while (least() > room && shown.length > 1) shown.pop();
  let left = Math.max(0, room - least());
  const widths = shown.map(({ width, min = 1 }) => width ?? min);
  // Those that need little leave the rest to the others.
  for (let rounds = 0; rounds < 3 && left > 0; rounds++) {
    const wants = shown.map(({ width, max }, i) =>
      width !== undefined ? 0 : Math.max(0, (max?.(rows) ?? room) - (widths[i] ?? 0)),
    );
    const shares = shown.reduce((sum, { grows = 0 }, i) => sum + (wants[i] ? grows : 0), 0);
    if (shares === 0) break;
    const pool = left;
    for (const [i, { grows = 0 }] of shown.entries()) {
      const more = Math.min(
        wants[i] ?? 0,
        Math.ceil((pool * (wants[i] ? grows : 0)) / shares),
        left,
      );
      widths[i] = (widths[i] ?? 0) + more;
      left -= more;
    }
  }
  return shown.map((column, i) => ({ ...column, width: widths[i] ?? 0 }));
}

/** The names of the columns. */
export function headLine<Row>(
  columns: readonly PlacedColumn<Row>[],
  width: number,
  paint: Paint,
): string {
  const cells = columns.map(({ name, width, align = "left" }) => fit(name, width, { align }));
  return paint.dim(fit(`${" ".repeat(GUTTER)}${cells.join(" ".repeat(GAP))}`, width));
}

export interface RowLook {
  readonly paint: Paint;
  readonly isSelected: boolean;
  /** One character: `✗` of what failed. */
  readonly state: string;
  readonly width: number;
  readonly mark?: TextMatch | undefined;
}

/** A row; the selected one has a mark and is turned around, so that it shows without colours, too. */
export function rowLine<Row>(
  columns: readonly PlacedColumn<Row>[],
  row: Row,
  { paint, isSelected, state, width, mark }: RowLook,
): string {
  const cells = columns.map((column) => {
    const { align = "left", text, tone } = column;
    const cut = column.cut?.(row) ?? "end";
    const cell = fit(safe(text(row)), column.width, { align, cut });
    if (isSelected) return cell;
    return marked(cell, toned(tone?.(row) ?? "text", paint), mark, paint);
  });
  const line = cells.join(" ".repeat(GAP));
  if (isSelected) return paint.inverse(fit(`>${state} ${line}`, width));
  const taken = columns.reduce((sum, it) => sum + it.width + GAP, GUTTER - GAP);
  return ` ${paint.red(state)} ${line}${" ".repeat(Math.max(0, width - taken))}`;
}

function marked(
  cell: string,
  tint: (text: string) => string,
  mark: TextMatch | undefined,
  paint: Paint,
): string {
  const at = mark?.find(cell, 0) ?? -1;
  if (mark === undefined || at === -1) return tint(cell);
  const end = at + mark.length;
  return tint(cell.slice(0, at)) + paint.inverse(cell.slice(at, end)) + tint(cell.slice(end));
}
