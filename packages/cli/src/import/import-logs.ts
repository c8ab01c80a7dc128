import { IMPORT_FORMATS, type ImportOptions } from "@step-log/convert";
import { type BadLine, isStepLogError, StepLogError } from "@step-log/core";
import { type ExitCode, FAILED, FOUND_PROBLEMS, OK } from "../exit-code.ts";
import type { Io } from "../io.ts";
import { findLocations } from "../locations/find-locations.ts";
import type { Location } from "../locations/location.ts";
import { confirm } from "../output/confirm.ts";
import { bytes, plural } from "../output/figures.ts";
import { type FormatOptions, formatOf } from "../output/format.ts";
import { note } from "../output/note.ts";
import { type Progress, progress } from "../output/progress.ts";
import { shellWord } from "../output/shell-word.ts";
import { writeAnswer } from "../output/write-answer.ts";
import { UsageError } from "../usage-error.ts";
import { importAnswer } from "./import-answer.ts";
import type { ImportSource } from "./import-source.ts";
import { importSources } from "./import-sources.ts";
import { ImportTally, MAX_TOLD } from "./import-tally.ts";
import { isTranscript, type MachineLog, machineLogs } from "./machine-logs.ts";
import { openStore } from "./open-store.ts";
import { StagedRuns } from "./staged-runs.ts";

/** Options of `step-log import`. */
export interface ImportLogsOptions extends FormatOptions {
  readonly out?: string;
  readonly format?: string;
  readonly name?: string;
  /** `false` with `--no-redact`. */
  readonly redact: boolean;
  readonly force?: boolean;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

/** Imports what is at the locations, or without any the logs of agents on this machine. */
export async function importLogs(
  io: Io,
  given: readonly string[],
  options: ImportLogsOptions,
): Promise<ExitCode> {
  checkFormat(options.format);
  const out = options.out ?? usualOut(io);
  const isMachine = given.length === 0;
  const locations = isMachine ? await agreedOn(io, out, options) : await findLocations(given, io);
  if (locations === undefined) {
    note(io, "nothing was imported");
    return OK;
  }
  const sources = await importSources(locations, io, {
    format: options.format,
    ...(isMachine && { wants: isTranscript }),
  });
  const startedAt = performance.now();
  const tally = await importAll(io, sources, out, options);
  const answer = importAnswer(tally, {
    out,
    sources: sources.length,
    durationMs: performance.now() - startedAt,
    isDryRun: options.dryRun === true,
  });
  await writeAnswer(io, formatOf(options), answer);
  return told(io, tally, out, options);
}

function checkFormat(format: string | undefined): void {
  if (format === undefined || IMPORT_FORMATS.includes(format)) return;
  throw new UsageError(`there is no format ${format}; there are ${IMPORT_FORMATS.join(", ")}`);
}

async function agreedOn(
  io: Io,
  out: string,
  { yes, dryRun }: ImportLogsOptions,
): Promise<readonly Location[] | undefined> {
  const { found, looked } = await machineLogs(io);
  if (found.length === 0) {
    throw new UsageError(
      `there are no logs of Claude Code, Codex or pi on this machine, in ${looked.join(", ")}; give a FILE`,
    );
  }
  note(io, `found on this machine:\n${found.map(lineOf).join("\n")}`);
  const mayGo =
    yes === true ||
    dryRun === true ||
    (await confirm(io, `Import them to ${out}?`, "pass --yes to import them"));
  if (!mayGo) return undefined;
  return found.map(({ folder, name }) => ({ kind: "path", path: folder, name }));
}

function lineOf({ tool, name, files, bytes: size }: MachineLog): string {
  return `  ${tool.padEnd(11)}  ${plural(files, "run")}, ${bytes(size)}, in ${name}`;
}

async function importAll(
  io: Io,
  sources: readonly ImportSource[],
  out: string,
  options: ImportLogsOptions,
): Promise<ImportTally> {
  const { force = false, dryRun = false, redact, format, name } = options;
  const tally = new ImportTally();
  const store = await writing(out, () => openStore(out, io, { force, dryRun }));
  const staged = await writing(out, () => StagedRuns.in(store.stagingParent));
  const size = sources.reduce<number | null>(
    (sum, it) => (sum === null || it.bytes === null ? null : sum + it.bytes),
    0,
  );
  const bar = progress(io, dryRun ? "reading" : "importing", size);
  const { signal } = io;
  const importOptions: ImportOptions = {
    redact,
    signal,
    ...(format !== undefined && { format }),
  };
  try {
    for (const [index, source] of sources.entries()) {
      signal.throwIfAborted();
      const its =
        name === undefined
          ? importOptions
          : { ...importOptions, name: sources.length > 1 ? `${name}-${index + 1}` : name };
      await readInto(staged, source, its, tally, bar, out);
      for (const run of await writing(out, () => staged.take())) {
        const outcome = await writing(out, () => store.settle(run));
        tally.settled(run.runId, run.records, source.name, outcome);
      }
    }
    await writing(out, () => store.close());
  } finally {
    bar.end();
    await staged.remove();
  }
  return tally;
}

async function readInto(
  staged: StagedRuns,
  source: ImportSource,
  options: ImportOptions,
  tally: ImportTally,
  bar: Progress,
  out: string,
): Promise<void> {
  let before = 0;
  const opened = source.open({
    ...options,
    onProgress({ bytesRead }) {
      bar.add(bytesRead - before);
      tally.bytes += bytesRead - before;
      before = bytesRead;
    },
  });
  const bad: BadLine[] = [];
  let badCount = 0;
  try {
    for await (const batch of opened.batches()) {
      for (const item of batch) {
        if (item.type !== "bad_line") staged.add(item);
        else if (++badCount <= MAX_TOLD) bad.push(item);
      }
      await writing(out, () => staged.write());
    }
  } catch (error) {
    if (!isStepLogError(error) || error.code === "WRITE_FAILED") throw error;
    // Among logs lie other files, which are no harm; what was named must be a log.
    if (error.code === "UNKNOWN_FORMAT" && !source.isNamed) return tally.nothingIn(source.name);
    if (error.code !== "UNKNOWN_FORMAT") tally.badLines(source.name, bad, badCount);
    return tally.problem(source.name, null, error.message);
  }
  tally.badLines(source.name, bad, badCount);
  const format = opened.format();
  if (format !== undefined) tally.format(format);
}

/** Says where it could not be written, and stays one problem, not one of each file. */
async function writing<T>(out: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (isStepLogError(cause) || typeof code !== "string" || !/^E[A-Z]/.test(code)) throw cause;
    const message = `cannot write to ${out} (${code}); check its permissions and the room on its disk, or give another --out`;
    throw new StepLogError("WRITE_FAILED", message, { cause });
  }
}

function told(io: Io, tally: ImportTally, out: string, { dryRun }: ImportLogsOptions): ExitCode {
  const { kept, leftOut, leftOutCount, problemCount, records } = tally;
  if (kept.length > 0) {
    const more = tally.runs.kept > 1 ? ` and ${tally.runs.kept - 1} more` : "";
    note(
      io,
      `${out} holds other records of ${kept[0]?.runId}${more}; they were left as they are (--force replaces them)`,
    );
  }
  if (leftOutCount > 0) {
    const more = leftOutCount > MAX_NAMED ? `, and ${leftOutCount - MAX_NAMED} more` : "";
    note(io, `no run was found in ${leftOut.slice(0, MAX_NAMED).join(", ")}${more}`);
  }
  if (records === 0) {
    note(io, "there was nothing to import");
    return FAILED;
  }
  if (dryRun !== true) {
    const at = out === usualOut(io) ? "" : ` ${shellWord(out)}`;
    note(io, `next: step-log stats${at}, step-log ls${at}, step-log replay${at}`);
  }
  return problemCount > 0 ? FOUND_PROBLEMS : OK;
}

/** Where the other commands look as well. */
function usualOut({ env }: Io): string {
  return env["STEP_LOG_DIR"] || "logs";
}

// Of files that are no logs; all are counted in the answer.
const MAX_NAMED = 5;
