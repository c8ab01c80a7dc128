import type { StepLogError } from "@step-log/core";
import { unreadable } from "./damage.ts";
import { isInUse } from "./log-file-name.ts";
import { type LogChain, type LogFile, type LogFiles, listLogFiles } from "./log-files.ts";
import { type ReadLogOptions, readLogFile } from "./read-log-file.ts";
import { type ReadableFile, tryToOpen } from "./readable-file.ts";
import type { ReadItem } from "./record-cutter.ts";

/**
 * Reads files that continue each other, as they were when the reading began, also when meanwhile the
 * one in use is put aside, or one that was is packed.
 *
 * @throws StepLogError `BAD_LINE` where the mode has it so; the signal's reason
 */
export async function* readChain(
  chain: LogChain,
  files: LogFiles,
  options: ReadLogOptions,
): AsyncGenerator<ReadItem[], void, void> {
  const { putAside, inUse, opened } = await heldChain(chain, files);
  try {
    for (const file of putAside) {
      const found = openPutAside(file);
      if (found instanceof Error) yield passedOver(file, found, files, options);
      else yield* readLogFile({ ...file, ...found }, found.opened, options);
    }
    if (inUse === undefined || opened === undefined) return;
    if (opened instanceof Error) yield passedOver(inUse, opened, files, options);
    else yield* readLogFile(inUse, opened, options);
  } finally {
    if (!(opened instanceof Error)) opened?.close();
  }
}

// How far the file system's clock may be behind: a tick of 10 ms in older kernels, and then some.
const CLOCK_SLACK_MS = 50;
// Each time the file has to be put aside within the time of a listing.
const MAX_TRIES = 4;

interface HeldChain {
  readonly putAside: readonly LogFile[];
  readonly inUse: LogFile | undefined;
  readonly opened: ReadableFile | StepLogError | undefined;
}

/**
 * Opens the file in use before any other is read, so that the reading has it whatever happens to its
 * name. When the file is younger than the list, another has been put aside since: list again.
 */
async function heldChain(first: LogChain, listing: LogFiles): Promise<HeldChain> {
  let chain = first;
  let { listedAt } = listing;
  for (let tries = 1; ; tries++) {
    const last = chain.at(-1);
    if (last === undefined || !isInUse(last)) {
      return { putAside: chain, inUse: undefined, opened: undefined };
    }
    const opened = tryToOpen(last.path);
    const isGone = opened instanceof Error && opened.code === "NOT_FOUND";
    const isNew = !(opened instanceof Error) && bornAtMs(opened) > listedAt - CLOCK_SLACK_MS;
    if ((!isGone && !isNew) || tries === MAX_TRIES) {
      return { putAside: chain.slice(0, -1), inUse: last, opened };
    }
    if (!(opened instanceof Error)) opened.close();
    const again = await listLogFiles(listing.location, { stem: last.stem, mayBeMissing: true });
    listedAt = again.listedAt;
    const chains = again.logs.get(last.stem) ?? [];
    chain = chains.find(([file]) => file?.writer === last.writer) ?? [];
  }
}

function bornAtMs({ identity }: ReadableFile): number {
  return Number(identity.bornAt / 1_000_000n);
}

/** Opens the packed file in its place, when it has been packed since. */
function openPutAside(
  file: LogFile,
): { path: string; isPacked: boolean; opened: ReadableFile } | StepLogError {
  const { path, isPacked } = file;
  const opened = tryToOpen(path);
  if (!(opened instanceof Error)) return { path, isPacked, opened };
  if (opened.code !== "NOT_FOUND" || isPacked) return opened;
  const packed = tryToOpen(`${path}.gz`);
  return packed instanceof Error ? packed : { path: packed.path, isPacked: true, opened: packed };
}

/** Other files may still be readable; but not the one that was asked for. */
export function passedOver(
  file: LogFile,
  problem: StepLogError,
  files: LogFiles,
  options: ReadLogOptions,
): ReadItem[] {
  const isAskedFor = files.kind === "file" && file.writer === "" && file.stamp === "";
  if (options.mode === "strict" || isAskedFor) throw problem;
  const damage = unreadable(file.path, `passed over: ${problem.message}`);
  options.onDamage?.(damage);
  return [damage];
}
