import type { StepRecord } from "../record.ts";

/** What is wrong with a record, and where. */
export interface RecordIssue {
  /** `step: expected a whole number from 0, got "x"` */
  readonly message: string;
  /** The keys and indexes that lead there: `["error_context", "frames", 0, "file"]`. */
  readonly path: readonly (string | number)[];
}

// What an object holds, a word for each key: `key:kind`, `?` behind a key that may be missing, `|`
// behind a kind that may be null; no kind is text or null. A kind is a letter of NAMES, with the
// part that an object or each of a list is like, j for anything, or = with the texts allowed.
const TYPES: Readonly<Record<string, string>> = {
  run_start:
    "schema:s agent:{agent| task_type environment parent_run_id root_run_id metadata:j runtime:{runtime",
  llm_call:
    "model provider? input_tokens:i| output_tokens:i| cache_read_tokens?:i| cache_write_tokens?:i| reasoning_tokens?:i| stop_reason duration_ms:d| time_to_first_token_ms?:d| response_id? attempt?:i| error? error_context?:{error| usage?:j",
  tool_call: "tool:s tool_call_id? input:j output:j error error_context?:{error| duration_ms:d|",
  step_start: "of:=llm_call/tool_call tool?:s model? tool_call_id? input?:j",
  event: "name:s data:j",
  run_end: "status:=ok/error/cancelled error error_context:{error| summary:j",
  log_dropped: "count:i bytes:i reason:s",
  wire_call:
    "request:{request response:{response| attempt:i outcome:=complete/cancelled/aborted/failed/unfinished error error_context?:{error| duration_ms:d| time_to_headers_ms:d| time_to_first_byte_ms:d| time_to_first_token_ms:d|",
};

const PARTS: Readonly<Record<string, string>> = {
  // The keys without which nothing can be made of a line.
  base: "run_id:s step:i type:y ts:n",
  common: "parent_step?:i writer?:s tags?:t truncated?:[cut",
  agent: "name version",
  runtime: "name:s version hostname pid:i|",
  cut: "path:s bytes:i| sha256",
  request: "method:s url:s headers:t body:{body|",
  response: "status:i status_text:s url:s headers:t body:{body|",
  body: "bytes:i| encoding:=utf8/base64 data:s",
  error: "type:s message:s code frames:[frame cause:{error|",
  frame: "function file:s line:i| column:i|",
};

const NAMES: Readonly<Record<string, string>> = {
  s: "text",
  y: 'text other than "bad_line"',
  i: "a whole number from 0",
  n: "a number",
  d: "a number from 0",
  t: "an object of texts",
  "{": "an object",
  "[": "a list",
};

// Enough for a person; a hostile line could have millions.
const MAX_ISSUES = 20;

// An error's causes are written four deep at most.
const MAX_DEPTH = 100;

type Path = RecordIssue["path"];
type Fields = Readonly<Record<string, unknown>>;

/**
 * Finds what is wrong with a record, the first 20 issues at most; none when it is valid. A record
 * of an unknown type needs only the keys that all have, and unknown keys are passed over.
 */
export function recordIssues(record: unknown): RecordIssue[] {
  const issues: RecordIssue[] = [];
  check(record, "{base", [], issues);
  if (issues.length > 0) return issues;
  const { type } = record as StepRecord;
  check(record, "{common", [], issues);
  if (Object.hasOwn(TYPES, type)) checkKeys(record as Fields, TYPES[type] ?? "", [], issues);
  return issues;
}

/** Tells what is first wrong with a record: `step: expected a whole number from 0, got "x"`. */
export function recordProblem(record: unknown): string | undefined {
  return recordIssues(record)[0]?.message;
}

function check(value: unknown, kind: string, path: Path, issues: RecordIssue[]): void {
  const letter = kind.charAt(0);
  const nullable = kind.endsWith("|");
  const of = kind.slice(1).replace("|", "");
  if ((nullable && value === null) || issues.length >= MAX_ISSUES) return;
  if (!fits(value, letter, of)) {
    const wanted = (NAMES[letter] ?? of) + (nullable ? " or null" : "");
    const message = value === undefined ? "missing" : `expected ${wanted}, got ${shown(value)}`;
    issues.push({ message: `${path.join(".") || "record"}: ${message}`, path });
  } else if (letter === "[") {
    for (const [index, item] of (value as unknown[]).entries()) {
      check(item, `{${of}`, [...path, index], issues);
    }
  } else if (letter === "{" && path.length < MAX_DEPTH) {
    checkKeys(value as Fields, PARTS[of] ?? "", path, issues);
  }
}

function checkKeys(object: Fields, shape: string, path: Path, issues: RecordIssue[]): void {
  for (const word of shape.split(" ")) {
    const [name = "", kind = "s|"] = word.split(":");
    const key = name.replace("?", "");
    if (object[key] !== undefined || key === name) check(object[key], kind, [...path, key], issues);
  }
}

function fits(value: unknown, letter: string, of: string): boolean {
  if (letter === "s") return typeof value === "string";
  if (letter === "y") return typeof value === "string" && value !== "bad_line";
  if (letter === "i") return Number.isSafeInteger(value) && (value as number) >= 0;
  if (letter === "n") return Number.isFinite(value);
  if (letter === "d") return Number.isFinite(value) && (value as number) >= 0;
  if (letter === "=") return of.split("/").includes(value as string);
  if (letter === "[") return Array.isArray(value);
  if (letter === "{") return isObject(value);
  if (letter === "t")
    return isObject(value) && Object.values(value).every((text) => typeof text === "string");
  return value !== undefined;
}

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Printable, and short, since a stranger wrote it. */
function shown(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.slice(0, 40)).replace(/[^ -~]/g, "?");
  if (Array.isArray(value)) return "a list";
  return Object(value) === value ? "an object" : String(value);
}
