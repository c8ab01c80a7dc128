import { type ExitCode, OK } from "../exit-code.ts";
import type { Io } from "../io.ts";
import { findRun } from "../locations/find-run.ts";
import { openLog } from "../locations/open-log.ts";
import { plural } from "../output/figures.ts";
import { type FormatOptions, formatOf } from "../output/format.ts";
import { note } from "../output/note.ts";
import { progress } from "../output/progress.ts";
import { tellBadLines } from "../output/tell-bad-lines.ts";
import { writeAnswer } from "../output/write-answer.ts";
import { isWithin, type PeriodOptions, periodOf } from "../period.ts";
import { ErrorGroups, type GroupBy } from "./error-groups.ts";
import { errorGroupJson, errorTable } from "./error-table.ts";

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
  const log = await openLog(locations, io, { onRead: (bytes) => bar?.add(bytes) });
  const runId = options.run === undefined ? undefined : await findRun(log, options.run, io);
  bar = progress(io, `reading ${log.name}`, runId === undefined ? await log.size() : null);
  const errors = new ErrorGroups(by);
  let badLines = 0;
  const items =
    runId === undefined ? log.batches({ signal }) : batchesOf(log.read(runId, { signal }));
  for await (const batch of items) {
    for (const item of batch) {
      if (item.type === "bad_line") badLines++;
      else if (isWithin(period, item.ts)) errors.add(item);
    }
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

async function* batchesOf<T>(items: AsyncIterable<T>): AsyncGenerator<readonly T[], void, void> {
  for await (const item of items) yield [item];
}
