import { Summarizer, type Summary, summaryToWire } from "@step-log/core";
import type { ExitCode } from "../exit-code.ts";
import type { Io } from "../io.ts";
import { findRun } from "../locations/find-run.ts";
import { openLog } from "../locations/open-log.ts";
import type { Answer } from "../output/answer.ts";
import { type FormatOptions, formatOf } from "../output/format.ts";
import { progress } from "../output/progress.ts";
import { tellBadLines } from "../output/tell-bad-lines.ts";
import { writeAnswer } from "../output/write-answer.ts";
import { summaryTables } from "./summary-tables.ts";

/** Options of `step-log summarize`. */
export interface SummarizeOptions extends FormatOptions {
  readonly run?: string;
}

/** Sums up what is at the locations, or one run of it. */
export async function summarizeLog(
  io: Io,
  locations: readonly string[],
  options: SummarizeOptions,
): Promise<ExitCode> {
  let bar: ReturnType<typeof progress> | undefined;
  const log = await openLog(locations, io, { onRead: (bytes) => bar?.add(bytes) });
  const runId = options.run === undefined ? undefined : await findRun(log, options.run, io);
  bar = progress(io, `reading ${log.name}`, await log.size());
  const summarizer = new Summarizer();
  const { signal } = io;
  if (runId === undefined) {
    for await (const batch of log.batches({ signal }))
      for (const item of batch) summarizer.add(item);
  } else {
    for await (const item of log.read(runId, { signal })) summarizer.add(item);
  }
  bar.end();
  const summary = summarizer.summary();
  await writeAnswer(io, formatOf(options), answerOf(summary));
  return tellBadLines(io, summary.badLines);
}

function answerOf(summary: Summary): Answer {
  return { json: summaryToWire(summary), tables: summaryTables(summary) };
}
