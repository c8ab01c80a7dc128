import type { Table } from "../output/answer.ts";
import { count } from "../output/figures.ts";

/** How a table is shortened. */
export interface TopOptions {
  readonly title: string;
  /** The `--by` that shows all of it. */
  readonly by: string;
  readonly max: number;
}

/** Keeps the first rows, and says how many are left out; of days the last ones, which tell most. */
export function topRows(all: Table, { title, by, max }: TopOptions): Table {
  const rows = by === "day" ? all.rows.slice(-max) : all.rows.slice(0, max);
  const left = all.rows.length - rows.length;
  return { ...all, title: left > 0 ? `${title} (${count(left)} more: --by ${by})` : title, rows };
}
