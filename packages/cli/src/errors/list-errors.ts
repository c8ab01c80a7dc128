import { logParts, type ScanVisitor, scannedOf, scanParts } from "@step-log/fs-sink/scan";
import { type ExitCode, OK } from "../exit-code.ts";
import type { Io } from "../io.ts";
import { findRun } from "../locations/find-run.ts";
import { joinedLog } from "../locations/joined-log.ts";
import type { Log } from "../locations/log.ts";
import type { LogItem } from "../locations/log-item.ts";
import { openLogs } from "../locations/open-log.ts";
import { plural } from "../output/figures.ts";
import { type FormatOptions, formatOf } from "../output/format.ts";
import { note } from "../output/note.ts";
import { progress } from "../output/progress.ts";
import { tellBadLines } from "../output/tell-bad-lines.ts";
import { writeAnswer } from "../output/write-answer.ts";
import { isWithin, type PeriodOptions, periodOf } from "../period.ts";
import { ErrorGroups, type GroupBy } from "./error-groups.ts";
import { errorGroupJson, errorTable } from "./error-table.ts";
import type { FailureKind } from "./failure.ts";

/** Options of `step-log errors`. */
export interface ErrorsOptions extends FormatOptions, PeriodOptions {
  readonly by?: GroupBy;
  readonly run?: string;
  readonly limit?: number;
}

// What people are shown, who see the rest with --limit; other programs get all.
const SHOWN = 20;

/** Shows what failed, the same errors put together. */
export async function listErrors(
  io: Io,
  locations: readonly string[],
  options: ErrorsOptions,
): Promise<ExitCode> {
  const { by = "error", signal } = { ...options, signal: io.signal };
  const period = periodOf(options);
  let bar: ReturnType<typeof progress> | undefined;
  const onRead = (bytes: number) => bar?.add(bytes);
  const logs = await openLogs(locations, io, { onRead });
  const log = joinedLog(logs);
  const runId = options.run === undefined ? undefined : await findRun(log, options.run, io);
  const [first] = logs;
  const name = logs.length === 1 && first !== undefined ? first.name : log.name;
  bar = progress(io, `reading ${name}`, runId === undefined ? await log.size() : null);
  const errors = new ErrorGroups(by);
  let badLines = 0;
  const visitor: ScanVisitor = {
    record(record, whole) {
      if (!isWithin(period, record.ts) || !isFallible(record.type)) return;
      const { type, tool, model, error, status } = record;
      errors.countCall(
        type,
        (type === "tool_call" ? tool : type === "llm_call" ? model : null) || null,
      );
      if (type === "run_end" ? status === "error" : error) errors.addFailure(whole());
    },
    badLine() {
      badLines++;
    },
  };
  if (runId === undefined) {
    for (const log of logs) await visit(log, visitor, { signal, onRead });
  } else {
    for await (const item of log.read(runId, { signal })) show(item, visitor);
  }
  bar.end();
  const groups = errors.groups();
  const format = formatOf(options);
  const isForPeople = format === "table" || format === "markdown";
  const shown = groups.slice(0, options.limit ?? (isForPeople ? SHOWN : groups.length));
  await writeAnswer(io, format, {
    json: {
      error_count: errors.errorCount,
      group_count: groups.length,
      by,
      errors: shown.map(errorGroupJson),
      bad_lines: badLines,
    },
    tables: [errorTable(shown, { by, locations })],
  });
  if (isForPeople && shown.length < groups.length) {
    const rest = groups.length - shown.length;
    note(io, `${plural(rest, "smaller group")} left out; --limit ${groups.length} shows all`);
  }
  tellBadLines(io, badLines);
  return OK;
}

function isFallible(type: string): type is FailureKind {
  return type === "tool_call" || type === "llm_call" || type === "run_end";
}

interface VisitOptions {
  readonly signal: AbortSignal;
  readonly onRead: (bytes: number) => void;
}

/** Shows all of a log; of files without making records of them, which takes a third of the time. */
async function visit(log: Log, visitor: ScanVisitor, options: VisitOptions): Promise<void> {
  const { signal } = options;
  if (log.path === undefined) {
    for await (const batch of log.batches({ signal }))
      for (const item of batch) show(item, visitor);
    return;
  }
  const { parts, badLines } = await logParts(log.path);
  for (const line of badLines) visitor.badLine(line);
  await scanParts(parts, visitor, options);
}

function show(item: LogItem, visitor: ScanVisitor): void {
  if (item.type === "bad_line") visitor.badLine(item);
  else visitor.record(scannedOf(item), () => item);
}
