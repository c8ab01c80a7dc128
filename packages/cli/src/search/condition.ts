import type { StepRecord } from "@step-log/core";
import { nearest } from "../nearest.ts";
import { UsageError } from "../usage-error.ts";

/** Whether a record is one that is looked for. */
export type Condition = (record: StepRecord) => boolean;

/**
 * Reads a condition: `duration_ms>1000`, `error!=null`, `tool=search`, `error_context.type=TimeoutError`,
 * `error~timeout` (has it in it).
 *
 * A field that a record does not have is null. Figures are compared as such, texts letter by letter;
 * nothing is larger or smaller than null.
 *
 * @throws UsageError
 */
export function condition(text: string): Condition {
  const [, field = "", operator = "", given = ""] = SHAPE.exec(text) ?? [];
  const compare = OPERATORS[operator];
  if (compare === undefined) {
    throw new UsageError(
      `--where ${text} is no condition: write 'duration_ms>1000', 'error!=null', 'tool=search' or 'error~timeout'`,
    );
  }
  const [first = "", ...rest] = field.split(".");
  if (!FIELDS.includes(first)) {
    throw new UsageError(`--where: records have no field ${first}${nearest(first, FIELDS)}`);
  }
  const wanted = scalarOf(given.trim());
  return (record) => compare(at(record, [first, ...rest]), wanted);
}

const SHAPE = /^\s*([\w.-]+?)\s*(==|!=|>=|<=|=|>|<|!~|~)(.*)$/s;

type Scalar = string | number | boolean | null;

const OPERATORS: Readonly<Record<string, (value: unknown, wanted: Scalar) => boolean>> = {
  "=": isSame,
  "==": isSame,
  "!=": (value, wanted) => !isSame(value, wanted),
  ">": (value, wanted) => order(value, wanted) > 0,
  ">=": (value, wanted) => order(value, wanted) >= 0,
  "<": (value, wanted) => order(value, wanted) < 0,
  "<=": (value, wanted) => order(value, wanted) <= 0,
  "~": (value, wanted) => textOf(value).includes(String(wanted)),
  "!~": (value, wanted) => !textOf(value).includes(String(wanted)),
};

function isSame(value: unknown, wanted: Scalar): boolean {
  if (value === wanted) return true;
  // `tool=12`: what looks like a figure may be a name.
  return wanted !== null && value !== null && textOf(value) === String(wanted);
}

function order(value: unknown, wanted: Scalar): number {
  if (typeof value === "number" && typeof wanted === "number") return value - wanted;
  if (typeof value === "string" && wanted !== null) {
    const text = String(wanted);
    return value < text ? -1 : value > text ? 1 : 0;
  }
  return Number.NaN;
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "");
}

function scalarOf(given: string): Scalar {
  const quoted = /^(["'])(.*)\1$/s.exec(given)?.[2];
  if (quoted !== undefined) return quoted;
  if (given === "null") return null;
  if (given === "true" || given === "false") return given === "true";
  return /^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i.test(given) ? Number(given) : given;
}

function at(record: StepRecord, path: readonly string[]): unknown {
  let value: unknown = record;
  for (const key of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return null;
    value = (value as Readonly<Record<string, unknown>>)[key];
  }
  return value ?? null;
}

/** What records of the format have at their top; what lies within is up to their writers. */
export const FIELDS: readonly string[] = [
  ...["run_id", "step", "type", "ts", "parent_step", "writer", "tags", "truncated"],
  ...["schema", "agent", "task_type", "environment", "parent_run_id", "root_run_id", "metadata"],
  ...["runtime", "model", "provider", "input_tokens", "output_tokens", "cache_read_tokens"],
  ...["cache_write_tokens", "reasoning_tokens", "stop_reason", "duration_ms"],
  ...["time_to_first_token_ms", "time_to_headers_ms", "time_to_first_byte_ms", "response_id"],
  ...["attempt", "error", "error_context", "usage", "tool", "tool_call_id", "input", "output"],
  ...["of", "name", "data", "status", "summary", "count", "bytes", "reason"],
  ...["request", "response", "outcome"],
];
