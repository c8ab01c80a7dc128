import { type ExitCode, OK } from "../exit-code.ts";
import type { Io } from "../io.ts";
import { findRun } from "../locations/find-run.ts";
import { joinedLog } from "../locations/joined-log.ts";
import { openLogs } from "../locations/open-log.ts";
import { plural } from "../output/figures.ts";
import { type FormatOptions, formatOf } from "../output/format.ts";
import { note } from "../output/note.ts";
import { progress } from "../output/progress.ts";
import { tellBadLines } from "../output/tell-bad-lines.ts";
import { writeAnswer } from "../output/write-answer.ts";
import { type PeriodOptions, periodOf } from "../period.ts";
import type { GroupBy } from "./error-groups.ts";
import { errorGroupJson, errorTable } from "./error-table.ts";
import { gatherErrors } from "./gather-errors.ts";

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
  const { by = "error" } = options;
  const period = periodOf(options);
  let bar: ReturnType<typeof progress> | undefined;
  const onRead = (bytes: number) => bar?.add(bytes);
  const logs = await openLogs(locations, io, { onRead });
  const [first] = logs;
  const log = logs.length === 1 && first !== undefined ? first : joinedLog(logs);
  const runId = options.run === undefined ? undefined : await findRun(log, options.run, io);
  bar = progress(io, `reading ${log.name}`, runId === undefined ? await log.size() : null);
  const gathering = { by, period, runId, signal: io.signal, onRead };
  const { errors, badLines } = await gatherErrors(logs, gathering);
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
