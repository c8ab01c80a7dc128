import type { Percentiles } from "@step-log/core";
import type { Column, Table } from "../output/answer.ts";
import { count, duration, percent, usd } from "../output/figures.ts";
import { type CallSums, usdOf } from "./call-sums.ts";

/** A column of counts. */
export function countColumn<Row>(
  name: string,
  value: (row: Row) => number,
  more: Partial<Column<Row>> = {},
): Column<Row> {
  return { name, value, text: (row) => count(value(row)), align: "right", ...more };
}

/** Calls that failed, with their share, in red where there are any. */
export function errorsColumn<Row>(
  errors: (row: Row) => number,
  calls: (row: Row) => number,
): Column<Row> {
  return {
    name: "errors",
    value: errors,
    text: (row) =>
      errors(row) === 0 ? "0" : `${count(errors(row))} (${percent(errors(row), calls(row))})`,
    align: "right",
    paint: (row, { red }) => (errors(row) > 0 ? red : String),
  };
}

/** P50, P95, P99 and the longest. */
export function percentileColumns<Row>(of: (row: Row) => Percentiles): readonly Column<Row>[] {
  return (["p50", "p95", "p99", "max"] as const).map((name) => ({
    name: `${name}_ms`,
    value: (row) => of(row)[name],
    text: (row) => duration(of(row)[name]),
    align: "right",
    ...(name === "p99" && { leaveOut: 1 }),
  }));
}

/** Tokens in and out. */
export function tokenColumns<Row>(of: (row: Row) => CallSums): readonly Column<Row>[] {
  return [
    countColumn("input_tokens", (row) => of(row).tokens.input, { leaveOut: 3 }),
    countColumn("output_tokens", (row) => of(row).tokens.output, { leaveOut: 2 }),
  ];
}

/** What calls cost, as far as that is known: `$1.20 + 3 unpriced`, never 0 where it is not. */
export function costColumns<Row>(of: (row: Row) => CallSums): readonly Column<Row>[] {
  return [
    {
      name: "cost_usd",
      value: (row) => usdOf(of(row)),
      text: (row) => usd(usdOf(of(row))),
      align: "right",
    },
    countColumn("unpriced_calls", (row) => of(row).unpriced, {
      leaveOut: 4,
      paint: (row, { yellow }) => (of(row).unpriced > 0 ? yellow : String),
    }),
  ];
}

// What is 0 nearly everywhere.
const RARE: readonly string[] = ["unpriced_calls", "token_limit_hits", "unfinished", "failed"];

/** Hides on terminals what would be a column of nothing but 0; other programs get it all the same. */
export function withoutZeros<Row>(all: Table<Row>): Table<Row> {
  const columns = all.columns.map((column) =>
    RARE.includes(column.name) && all.rows.every((row) => column.value(row) === 0)
      ? { ...column, isHidden: true }
      : column,
  );
  return { ...all, columns };
}
