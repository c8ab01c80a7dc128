import { resolve, sep } from "node:path";
import { IMPORT_FORMATS } from "@step-log/convert";
import { type ExitCode, FAILED, FOUND_PROBLEMS, OK } from "../exit-code.ts";
import type { Io } from "../io.ts";
import { findLocations } from "../locations/find-locations.ts";
import type { Location } from "../locations/location.ts";
import { confirm } from "../output/confirm.ts";
import { bytes, plural } from "../output/figures.ts";
import { type FormatOptions, formatOf } from "../output/format.ts";
import { note } from "../output/note.ts";
import { shellWord } from "../output/shell-word.ts";
import { write } from "../output/write.ts";
import { writeAnswer } from "../output/write-answer.ts";
import { showStats } from "../stats/show-stats.ts";
import { UsageError } from "../usage-error.ts";
import { type ImportAllOptions, importAll, writing } from "./import-all.ts";
import { importAnswer } from "./import-answer.ts";
import { importSources } from "./import-sources.ts";
import type { ImportTally } from "./import-tally.ts";
import { isTranscript, type MachineLog, machineLogs } from "./machine-logs.ts";
import { openStore } from "./open-store.ts";
import type { RunStore } from "./run-store.ts";

/** Options of `step-log import`. */
export interface ImportLogsOptions extends FormatOptions, ImportAllOptions {
  readonly out?: string;
  readonly force?: boolean;
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
  const target = resolve(io.cwd, out);
  const sources = await importSources(locations, io, {
    format: options.format,
    // What was imported before may lie below what is imported now.
    wants: (path) =>
      path !== target && !path.startsWith(target + sep) && (!isMachine || isTranscript(path)),
  });
  const startedAt = performance.now();
  const { force = false, dryRun = false } = options;
  const store = await writing(out, () => openStore(out, io, { force, dryRun }));
  const tally = await importAll(io, sources, store, options);
  const answer = importAnswer(tally, {
    out,
    sources: sources.length,
    durationMs: performance.now() - startedAt,
    isDryRun: dryRun,
  });
  const format = formatOf(options);
  await writeAnswer(io, format, answer);
  // What agents did so far is what somebody wants to see who has just found them.
  if (isMachine && !dryRun && format === "table" && tally.records > 0) {
    await write(io.stdout, "\n");
    await showStats(io, [out], {});
  }
  return told(io, tally, store, dryRun);
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

function told(io: Io, tally: ImportTally, store: RunStore, isDryRun: boolean): ExitCode {
  const { kept, leftOut, leftOutCount, problemCount, records } = tally;
  const out = store.name;
  if (kept.length > 0) {
    const more = tally.runs.kept > 1 ? ` and ${tally.runs.kept - 1} more` : "";
    note(
      io,
      `${out} holds other records of ${kept[0]?.runId}${more}; they were left as they are (${store.keptHint})`,
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
  if (!isDryRun) {
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
