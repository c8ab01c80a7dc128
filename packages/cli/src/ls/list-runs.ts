import type { ExitCode } from "../exit-code.ts";
import type { Io } from "../io.ts";
import type { Answer } from "../output/answer.ts";
import { table } from "../output/answer.ts";
import { count } from "../output/figures.ts";
import { type FormatOptions, formatOf } from "../output/format.ts";
import { note } from "../output/note.ts";
import { tellBadLines } from "../output/tell-bad-lines.ts";
import { rowObject, writeAnswer } from "../output/write-answer.ts";
import { withoutZeros } from "../stats/columns.ts";
import { type RunRow, runRows } from "../stats/run-rows.ts";
import type { RunState } from "../stats/run-state.ts";
import { type TallyLogsOptions, tallyLogs } from "../stats/tally-logs.ts";
import { UsageError } from "../usage-error.ts";
import { RUN_COLUMNS } from "./run-columns.ts";
import type { SortKey } from "./sort-key.ts";
import { sortRuns } from "./sort-runs.ts";

/** Options of `step-log ls`. */
export interface ListOptions extends FormatOptions, TallyLogsOptions {
  readonly limit?: string;
  readonly sort: SortKey;
  readonly reverse?: boolean;
  readonly status?: RunState;
  readonly failed?: boolean;
  readonly agent?: string;
  readonly taskType?: string;
}

// What a terminal shows, with a page or two to scroll back. Other programs get all.
const ON_TERMINAL = 50;

/** Lists the runs at the locations. */
export async function listRuns(
  io: Io,
  locations: readonly string[],
  options: ListOptions,
): Promise<ExitCode> {
  const limit = limitOf(options.limit) ?? (io.stdout.isTTY === true ? ON_TERMINAL : Infinity);
  const tally = await tallyLogs(io, locations, options);
  const all = runRows(tally);
  const wanted = sortRuns(all.filter(filterOf(options)), options.sort, options.reverse);
  const shown = wanted.slice(0, limit);
  await writeAnswer(io, formatOf(options), answerOf(shown));
  if (shown.length < wanted.length) {
    const left = wanted.length - shown.length;
    note(
      io,
      `${count(left)} of ${count(wanted.length)} runs left out; --limit ${wanted.length} shows all`,
    );
  }
  return tellBadLines(io, tally.badLines);
}

function answerOf(rows: readonly RunRow[]): Answer {
  const runs = { columns: RUN_COLUMNS, rows, empty: "no such runs" };
  return { json: rows.map((row) => rowObject(runs, row)), tables: [table(withoutZeros(runs))] };
}

function filterOf({ status, failed, agent, taskType }: ListOptions): (row: RunRow) => boolean {
  return (row) =>
    (status === undefined || row.state === status) &&
    (failed !== true || row.state === "error" || row.state === "unfinished" || row.errors > 0) &&
    (agent === undefined || row.sums.agent === agent) &&
    (taskType === undefined || row.taskType === taskType);
}

function limitOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const limit = Number(text);
  if (Number.isSafeInteger(limit) && limit > 0) return limit;
  throw new UsageError(`--limit ${text} is no number of runs, from 1`);
}
