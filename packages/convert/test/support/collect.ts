import type { BadLine, StepRecord } from "@step-log/core";
import { type ImportInput, type ImportOptions, importLog } from "../../src/index.ts";

/** What an import gives, records and bad lines apart. */
export async function collect(
  input: ImportInput,
  options: ImportOptions = {},
): Promise<{ records: StepRecord[]; bad: BadLine[] }> {
  const records: StepRecord[] = [];
  const bad: BadLine[] = [];
  for await (const item of importLog(input, options)) {
    if (item.type === "bad_line") bad.push(item);
    else records.push(item);
  }
  return { records, bad };
}

/** Values as the bytes of a JSONL file. */
export function lines(...values: readonly unknown[]): Uint8Array {
  return new TextEncoder().encode(values.map((value) => `${JSON.stringify(value)}\n`).join(""));
}

/** A value as the bytes of a JSON document. */
export function document(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value, null, 2));
}
