import { existsSync, realpathSync } from "node:fs";
import { extname, resolve } from "node:path";
import { PassThrough } from "node:stream";
import { cleanValues, EXPORT_FORMATS, type ExportFormat, exportLog } from "@step-log/convert";
import { redactor, type StepRecord } from "@step-log/core";
import { type ExitCode, OK } from "../exit-code.ts";
import type { Io } from "../io.ts";
import { findLocations } from "../locations/find-locations.ts";
import { findRun } from "../locations/find-run.ts";
import type { Log } from "../locations/log.ts";
import type { LogItem } from "../locations/log-item.ts";
import { openLog } from "../locations/open-log.ts";
import { bytes, plural } from "../output/figures.ts";
import { newFile } from "../output/new-file.ts";
import { note } from "../output/note.ts";
import { progress } from "../output/progress.ts";
import { tellBadLines } from "../output/tell-bad-lines.ts";
import { visible } from "../output/visible.ts";
import { write } from "../output/write.ts";
import { type PeriodOptions, periodOf } from "../period.ts";
import { UsageError } from "../usage-error.ts";

/** Options of `step-log export`. */
export interface ExportOptions extends PeriodOptions {
  readonly format?: string;
  readonly run?: readonly string[];
  readonly output?: string;
  readonly redact?: boolean;
}

// Pages are made in memory; a log of this size takes about ten times as much there.
const MAX_PAGE_BYTES = 64 * 2 ** 20;
const PAGES: readonly ExportFormat[] = ["html", "markdown"];
const ENDINGS: Readonly<Record<string, ExportFormat>> = {
  ".html": "html",
  ".htm": "html",
  ".md": "markdown",
  ".csv": "csv",
};

/** Writes runs in another format, to a file or to stdout. */
export async function exportRuns(
  io: Io,
  locations: readonly string[],
  options: ExportOptions,
): Promise<ExitCode> {
  const { output, redact = false } = options;
  const format = formatOf(options);
  const period = periodOf(options);
  if (format === "html" && output === undefined && io.stdout.isTTY === true) {
    throw new UsageError("a page is not for a terminal: add -o run.html, or redirect with >");
  }
  const path = output === undefined ? undefined : resolve(io.cwd, output);
  if (path !== undefined) await checkIsNoSource(io, locations, path, output ?? "");

  let bar: ReturnType<typeof progress> | undefined;
  const log = await openLog(locations, io, { onRead: (read) => bar?.add(read) });
  const chosen: string[] = [];
  for (const wanted of options.run ?? []) chosen.push(await findRun(log, wanted, io));
  const runIds = await runsWithin(log, chosen, period, io);
  if (runIds?.size === 0) note(io, "no run has a record of that time");
  const size = await log.size();
  if (PAGES.includes(format) && runIds === undefined && (size ?? 0) > MAX_PAGE_BYTES) {
    throw new UsageError(
      `${log.name} has ${bytes(size)}, and ${format} is made in memory; name the runs with --run`,
    );
  }

  bar = progress(io, `exporting ${log.name}`, size);
  const counts = { badLines: 0, records: 0 };
  const clean = redact ? cleanValues(redactor()) : undefined;
  const items = counted(itemsOf(log, runIds, chosen, io), counts, clean);
  const pieces = exportLog(items, format);
  if (path === undefined) {
    // JSON, CSV and Markdown leave some controls as they are, which a terminal would obey.
    const shown = io.stdout.isTTY === true ? visible : String;
    for await (const piece of pieces) await write(io.stdout, shown(piece));
    bar.end();
  } else {
    const written = await newFile(path, pieces);
    bar.end();
    const redaction = redact
      ? "credentials were replaced"
      : "not redacted; what was not replaced when it was recorded stands in it (--redact replaces it)";
    note(
      io,
      `wrote ${output}: ${bytes(written)}, ${plural(counts.records, "record")}; ${redaction}`,
    );
  }
  return counts.badLines > 0 ? tellBadLines(io, counts.badLines) : OK;
}

function formatOf({ format, output }: ExportOptions): ExportFormat {
  const known = EXPORT_FORMATS.join(", ");
  const chosen = format ?? ENDINGS[extname(output ?? "").toLowerCase()];
  if (chosen === undefined) throw new UsageError(`which format? --format takes ${known}`);
  const found = EXPORT_FORMATS.find((it) => it === chosen);
  if (found === undefined) throw new UsageError(`there is no format ${chosen}; there are ${known}`);
  return found;
}

/** Else an export of a log would take the log's place. */
async function checkIsNoSource(
  io: Io,
  given: readonly string[],
  path: string,
  output: string,
): Promise<void> {
  if (!existsSync(path)) return;
  // What it says of places where it looks is said again when they are opened.
  const stderr = new PassThrough().resume();
  const locations = await findLocations(given, { ...io, stderr });
  const real = realpathSync(path);
  if (locations.some((it) => it.kind === "path" && realpathSync(it.path) === real)) {
    throw new UsageError(`-o ${output} is the log that is exported; give another file`);
  }
}

/** The runs to export; nothing where all are. */
async function runsWithin(
  log: Log,
  chosen: readonly string[],
  { since, until }: ReturnType<typeof periodOf>,
  { signal }: Io,
): Promise<ReadonlySet<string> | undefined> {
  const isBounded = Number.isFinite(since) || Number.isFinite(until);
  if (!isBounded) return chosen.length > 0 ? new Set(chosen) : undefined;
  const within = new Set<string>();
  for await (const { runId } of log.runs({ since, until }, { signal })) {
    if (chosen.length === 0 || chosen.includes(runId)) within.add(runId);
  }
  return within;
}

async function* itemsOf(
  log: Log,
  runIds: ReadonlySet<string> | undefined,
  chosen: readonly string[],
  { signal }: Io,
): AsyncGenerator<LogItem, void, void> {
  if (chosen.length > 0) {
    for (const runId of runIds ?? []) yield* log.read(runId, { signal });
    return;
  }
  for await (const batch of log.batches({ signal })) {
    for (const item of batch) {
      if (runIds === undefined || item.type === "bad_line" || runIds.has(item.run_id)) yield item;
    }
  }
}

async function* counted(
  items: AsyncIterable<LogItem>,
  counts: { badLines: number; records: number },
  clean: ReturnType<typeof cleanValues> | undefined,
): AsyncGenerator<LogItem, void, void> {
  for await (const item of items) {
    if (item.type === "bad_line") counts.badLines++;
    else counts.records++;
    const isRecord = item.type !== "bad_line" && clean !== undefined;
    yield isRecord ? (clean(item) as unknown as StepRecord) : item;
  }
}
