import type { ExitCode } from "../exit-code.ts";
import type { Io } from "../io.ts";
import type { Answer } from "../output/answer.ts";
import { type FormatOptions, formatOf } from "../output/format.ts";
import { tellBadLines } from "../output/tell-bad-lines.ts";
import { writeAnswer } from "../output/write-answer.ts";
import type { Dimension } from "./dimensions.ts";
import { statsJson } from "./stats-json.ts";
import { type StatsReport, statsReport } from "./stats-report.ts";
import { statsTables, tableBy } from "./stats-tables.ts";
import { type TallyLogsOptions, tallyLogs } from "./tally-logs.ts";

/** Options of `step-log stats`. */
export interface StatsOptions extends FormatOptions, TallyLogsOptions {
  readonly by?: Dimension;
}

/** Figures across all runs at the locations. */
export async function showStats(
  io: Io,
  locations: readonly string[],
  options: StatsOptions,
): Promise<ExitCode> {
  const tally = await tallyLogs(io, locations, options);
  const report = statsReport(tally, options.timeZone ?? "UTC");
  const format = formatOf(options);
  // A list of rows is of one thing.
  const by = options.by ?? (format === "csv" || format === "jsonl" ? "tool" : undefined);
  await writeAnswer(io, format, answerOf(report, by));
  return tellBadLines(io, report.badLines);
}

function answerOf(report: StatsReport, by: Dimension | undefined): Answer {
  const tables = by === undefined ? statsTables(report) : [tableBy(by, report)];
  return { json: statsJson(report), tables };
}
