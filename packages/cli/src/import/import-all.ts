import type { ImportOptions } from "@step-log/convert";
import { type BadLine, isStepLogError, StepLogError } from "@step-log/core";
import type { Io } from "../io.ts";
import { type Progress, progress } from "../output/progress.ts";
import type { Remembered } from "./import-memory.ts";
import type { ImportSource } from "./import-source.ts";
import { ImportTally, MAX_TOLD } from "./import-tally.ts";
import type { RunStore } from "./run-store.ts";
import { StagedRuns } from "./staged-runs.ts";

/** How to read what is imported. */
export interface ImportAllOptions {
  readonly redact: boolean;
  readonly format?: string;
  readonly name?: string;
  readonly dryRun?: boolean;
}

/**
 * Imports sources one after the other: each is read to its end, then its runs are put in their place. What
 * cannot be read of one is counted, and stops nothing.
 *
 * @throws StepLogError `WRITE_FAILED`; the signal's reason
 */
export async function importAll(
  io: Io,
  sources: readonly ImportSource[],
  store: RunStore,
  options: ImportAllOptions,
): Promise<ImportTally> {
  const out = store.name;
  const tally = new ImportTally();
  const staged = await writing(out, () => StagedRuns.in(store.stagingParent));
  const bar = progress(io, options.dryRun ? "reading" : "importing", sizeOf(sources));
  const key = keyOf(options);
  const clean: [source: ImportSource, remembered: Remembered][] = [];
  try {
    for (const [index, source] of sources.entries()) {
      io.signal.throwIfAborted();
      const known = await store.memory?.recall(source, key);
      if (known !== undefined) {
        tally.recalled(source.name, known);
        bar.add(source.bytes ?? 0);
        continue;
      }
      const problems = tally.problemCount;
      const importOptions = importOptionsOf(options, io, sources.length > 1 ? index : undefined);
      const format = await readInto(staged, source, importOptions, tally, bar, out);
      const runs: { run_id: string; records: number }[] = [];
      for (const run of await writing(out, () => staged.take())) {
        const outcome = await writing(out, () => store.settle(run));
        tally.settled(run.runId, run.records, source.name, outcome);
        runs.push({ run_id: run.runId, records: run.records });
      }
      const isClean = format !== undefined && tally.problemCount === problems;
      if (isClean) clean.push([source, { format, runs }]);
    }
    for (const [source, remembered] of clean) {
      // What was told of a run is to be told again.
      const isTold = remembered.runs.some(({ run_id }) => tally.isContested(run_id));
      if (!isTold) store.memory?.remember(source, key, remembered);
    }
    await writing(out, () => store.close());
  } finally {
    bar.end();
    await staged.remove();
    // Where it failed; else it is closed.
    await store.close().catch(() => {});
  }
  return tally;
}

function sizeOf(sources: readonly ImportSource[]): number | null {
  return sources.reduce<number | null>(
    (sum, { bytes }) => (sum === null || bytes === null ? null : sum + bytes),
    0,
  );
}

/** What decides, beside a source, what it becomes. */
function keyOf({ redact, format, name }: ImportAllOptions): string {
  return JSON.stringify({ redact, format, name });
}

/** @param index Of a source among several, which may not all have one name. */
function importOptionsOf(
  { redact, format, name }: ImportAllOptions,
  { signal }: Io,
  index: number | undefined,
): ImportOptions {
  return {
    redact,
    signal,
    ...(format !== undefined && { format }),
    ...(name !== undefined && { name: index === undefined ? name : `${name}-${index + 1}` }),
  };
}

/** Reads a source; gives its format, where it was read to its end. */
async function readInto(
  staged: StagedRuns,
  source: ImportSource,
  options: ImportOptions,
  tally: ImportTally,
  bar: Progress,
  out: string,
): Promise<string | undefined> {
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
    if (error.code === "UNKNOWN_FORMAT" && !source.isNamed) {
      tally.nothingIn(source.name);
      return undefined;
    }
    if (error.code !== "UNKNOWN_FORMAT") tally.badLines(source.name, bad, badCount);
    tally.problem(source.name, null, error.message);
    return undefined;
  }
  tally.badLines(source.name, bad, badCount);
  const format = opened.format();
  if (format !== undefined) tally.format(format);
  return format;
}

/** Does what writes; says where it could not be written. */
export async function writing<T>(out: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (isStepLogError(cause) || typeof code !== "string" || !/^E[A-Z]/.test(code)) throw cause;
    const message = `cannot write to ${out} (${code}); check its permissions and the room on its disk, or give another --out`;
    throw new StepLogError("WRITE_FAILED", message, { cause });
  }
}
