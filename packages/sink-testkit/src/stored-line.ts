import assert from "node:assert/strict";
import type { BadLine, StepRecord } from "@step-log/core";
import { canonicalJson } from "./canonical-json.ts";

/**
 * What a store holds: the text of a JSONL file, or its lines or records one by one, in the order in
 * which they lie.
 */
export type StoreContent =
  | string
  | Iterable<string | StepRecord | BadLine>
  | AsyncIterable<string | StepRecord | BadLine>;

/** One record found in a store. */
export interface StoredLine {
  readonly runId: string;
  readonly record: StepRecord;
  /** The line without its line end, where the store keeps lines. */
  readonly text: string | undefined;
  /** The record in a form that does not depend on the order of keys. */
  readonly canonical: string;
}

/** Reads all of a store; fails where something in it is no record. */
export async function storedLines(content: StoreContent): Promise<StoredLine[]> {
  const lines: StoredLine[] = [];
  for await (const item of typeof content === "string" ? textLines(content) : content) {
    lines.push(storedLine(item));
  }
  return lines;
}

/** The lines of a JSONL text, each with its `\n`. */
function textLines(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

function storedLine(item: string | StepRecord | BadLine): StoredLine {
  const text = typeof item === "string" ? item.replace(/\n$/, "") : undefined;
  const record = typeof item === "string" ? parse(item) : item;
  if (record.type === "bad_line") assert.fail(`the store holds a bad line: ${record.reason}`);
  return { runId: record.run_id, record, text, canonical: canonicalJson(record) };
}

function parse(line: string): StepRecord {
  try {
    return JSON.parse(line) as StepRecord;
  } catch (error) {
    assert.fail(`the store holds a line that is no JSON (${error}): ${line.slice(0, 100)}`);
  }
}
