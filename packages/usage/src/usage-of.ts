import type { BadLine, Source, StepRecord } from "@step-log/core";
import { Usage, type UsageOptions } from "./usage.ts";

type Records = Iterable<StepRecord | BadLine>;
type LaterRecords = AsyncIterable<StepRecord | BadLine>;

/**
 * Adds up records: those of one run or of many, from memory, as a `Source` reads them, or all that a
 * `Source` holds, in one pass.
 *
 * @throws TypeError when an option is none.
 */
export function usageOf(records: Records, options?: UsageOptions): Usage;
export function usageOf(records: LaterRecords | Source, options?: UsageOptions): Promise<Usage>;
export function usageOf(
  records: Records | LaterRecords | Source,
  options?: UsageOptions,
): Usage | Promise<Usage> {
  const usage = new Usage(options);
  if ("readAll" in records) return addLater(records.readAll(), usage);
  if (Symbol.asyncIterator in records) return addLater(records, usage);
  for (const record of records) usage.add(record);
  return usage;
}

async function addLater(records: LaterRecords, usage: Usage): Promise<Usage> {
  for await (const record of records) usage.add(record);
  return usage;
}
