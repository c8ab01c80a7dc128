import type { StepRecord } from "../record.ts";
import type { BadLine } from "../source.ts";
import { Summarizer } from "./summarizer.ts";
import type { Summary } from "./summary.ts";

/** Sums up records: those of one run or of many, from memory or as a `Source` reads them. */
export function summarize(records: Iterable<StepRecord | BadLine>): Summary;
export function summarize(records: AsyncIterable<StepRecord | BadLine>): Promise<Summary>;
export function summarize(
  records: Iterable<StepRecord | BadLine> | AsyncIterable<StepRecord | BadLine>,
): Summary | Promise<Summary> {
  const summarizer = new Summarizer();
  if (Symbol.asyncIterator in records) return summarizeLater(records, summarizer);
  for (const record of records) summarizer.add(record);
  return summarizer.summary();
}

async function summarizeLater(
  records: AsyncIterable<StepRecord | BadLine>,
  summarizer: Summarizer,
): Promise<Summary> {
  for await (const record of records) summarizer.add(record);
  return summarizer.summary();
}
