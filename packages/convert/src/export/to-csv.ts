import type { BadLine, StepRecord } from "@step-log/core";
import type { ExportItems } from "./export-items.ts";

/** The columns, in their order: the keys of records; of what is no text or number, JSON. */
const COLUMNS = [
  "run_id",
  "step",
  "type",
  "ts",
  "duration_ms",
  "parent_step",
  "writer",
  "model",
  "provider",
  "input_tokens",
  "output_tokens",
  "cache_read_tokens",
  "cache_write_tokens",
  "reasoning_tokens",
  "stop_reason",
  "time_to_first_token_ms",
  "response_id",
  "tool",
  "tool_call_id",
  "input",
  "output",
  "error",
  "name",
  "data",
  "status",
  "tags",
  "other",
] as const;

const KNOWN: ReadonlySet<string> = new Set(COLUMNS);
// What spreadsheets hold of a cell; Excel cuts longer ones without a word.
const MAX_CELL = 32_767;

/**
 * Writes records as CSV as RFC 4180 has it, a row each, times in UTC. Texts that a spreadsheet would take for
 * a formula get a `'` before them; a cell has at most 32,767 characters and says so where it was cut. A
 * line that could not be read is a row of type `bad_line`.
 */
export async function* toCsv(items: ExportItems): AsyncGenerator<string, void, void> {
  yield `${COLUMNS.join(",")}\r\n`;
  for await (const item of items) yield row(item);
}

function row(item: StepRecord | BadLine): string {
  const values: Readonly<Record<string, unknown>> =
    item.type === "bad_line"
      ? { type: item.type, error: item.reason, other: item }
      : { ...item, other: others(item) };
  const cells = COLUMNS.map((column) =>
    cell(column === "ts" ? time(values["ts"]) : values[column]),
  );
  return `${cells.join(",")}\r\n`;
}

/** What has no column of its own. */
function others(record: StepRecord): object | undefined {
  const rest = Object.entries(record).filter(([key]) => !KNOWN.has(key));
  return rest.length === 0 ? undefined : Object.fromEntries(rest);
}

function time(ts: unknown): string | undefined {
  const date = new Date(Number(ts) * 1000);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}

function cell(value: unknown): string {
  if (value === undefined || value === null) return "";
  if (typeof value === "number") return String(value);
  const text = typeof value === "string" ? value : JSON.stringify(value);
  const harmless = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/.test(text) ? `'${text}` : text;
  const whole = harmless.toWellFormed().replaceAll("\0", "\ufffd");
  const cut =
    whole.length > MAX_CELL
      ? `${whole.slice(0, MAX_CELL - MARK.length).toWellFormed()}${MARK}`
      : whole;
  return /[",\r\n]/.test(cut) || cut !== cut.trim() ? `"${cut.replaceAll('"', '""')}"` : cut;
}

const MARK = "…[truncated]";
