import type { Json } from "@step-log/core";
import type { Paint } from "./paint.ts";

/** What a cell of a table holds: JSON for other programs. */
export type Value = Json | undefined;

/** One column of a table. */
export interface Column<Row> {
  /** In snake_case: the key in JSON, the heading in CSV; with spaces for `_` the heading for people. */
  readonly name: string;
  /** What other programs get. */
  readonly value: (row: Row) => Value;
  /** What people get; default: the value as text, `-` for null. Is made safe for terminals afterwards. */
  readonly text?: (row: Row) => string;
  /** Figures stand right. @defaultValue "left" */
  readonly align?: "left" | "right";
  /** Gives way where the terminal is narrow: its text is cut, at the end, in the middle, or at the start. */
  readonly cut?: "end" | "middle" | "start";
  /** Left out on terminals that have no room for it, the highest first. @defaultValue never */
  readonly leaveOut?: number;
  /** Not shown on terminals, since it is too long, or stands in the details there. @defaultValue false */
  readonly isHidden?: boolean;
  /** Colours the finished cell. */
  readonly paint?: (row: Row, paint: Paint) => (text: string) => string;
}

/** Rows under one heading. */
export interface Table<Row = never> {
  readonly title?: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  /** Lines below a row, on terminals: they wrap, and are never cut, so that a command can be pasted. */
  readonly details?: (row: Row) => readonly string[];
  /** Said where there are no rows. */
  readonly empty?: string;
}

/** What a command answers, in whatever format it was asked for. */
export interface Answer {
  /** All of it, for `--json`. */
  readonly json: Json;
  /** For a terminal and Markdown all, in their order; `--csv` and `--jsonl` give the first. */
  readonly tables: readonly Table[];
  /** A line above the tables, on a terminal and in Markdown. */
  readonly headline?: string;
}

/** Takes any rows: a table with its own columns is one of the kind that an answer has. */
export function table<Row>(given: Table<Row>): Table {
  return given as unknown as Table;
}
