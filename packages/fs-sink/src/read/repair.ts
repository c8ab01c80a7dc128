import { dirname, extname, join } from "node:path";
import type { ReadOptions } from "@step-log/core";
import type { Damage } from "./damage.ts";
import { DEFAULT_LIMITS } from "./default-limits.ts";
import type { LogFile } from "./log-files.ts";
import type { RepairedPlace, TellPlace } from "./mend-file.ts";
import type { FileRead } from "./read-log-file.ts";
import { withLease } from "./with-lease.ts";

/** Does something while nobody else repairs a log file, rotates it or writes to it without looking. */
export type WithLock = <T>(path: string, work: () => Promise<T>) => Promise<T>;

/** Options of `repair`. */
export interface RepairOptions extends ReadOptions {
  /** Default: the lock that writers take. */
  readonly lock?: WithLock;
  /** Tells what would be done, as far as that can be known, and changes nothing. @defaultValue false */
  readonly dryRun?: boolean;
  /** Hears of every file that was looked at. */
  readonly onFile?: (file: { readonly path: string }) => void;
}

/** What `repair` did. */
export interface RepairReport {
  /** Files that were looked at. */
  readonly files: number;
  readonly closed: number;
  readonly blanked: number;
  /** How many of these had a whole record behind them, on the same line, which can now be read. */
  readonly rescued: number;
  readonly left: number;
  /** The first 1,000 places. */
  readonly places: readonly RepairedPlace[];
}

const MAX_PLACES = 1_000;

/**
 * Makes every line of a log one that strict readers take, in place: a last line without its end gets
 * it, and bad lines become blank. Bytes are never taken away and good lines never touched, so that it
 * needs no free space, and does no harm while others write. Doing it again does nothing.
 *
 * What cannot be changed is left and told: packed files, files that can only be appended to, files of
 * which the lock is not to be had.
 *
 * @throws StepLogError `NOT_FOUND`, `UNSAFE_FILE` or `READ_FAILED` for the location; the signal's reason
 */
export async function repair(
  location: string | URL,
  options: RepairOptions = {},
): Promise<RepairReport> {
  const { listLogFiles, mendFile } = await import("./engine.ts");
  const { dryRun = false, signal, onFile } = options;
  const { lock = dryRun ? withoutLock : withLease } = options;
  const counts = { files: 0, closed: 0, blanked: 0, rescued: 0, left: 0 };
  const places: RepairedPlace[] = [];
  const tell = (place: RepairedPlace, hasRecord = false) => {
    counts[place.action]++;
    if (hasRecord) counts.rescued++;
    if (places.length < MAX_PLACES) places.push(place);
  };
  const files = await listLogFiles(location);
  for (const { location: path = "", reason } of files.strange) {
    tell({ location: path, offset: 0, bytes: 0, action: "left", reason });
  }
  for (const file of [...files.logs.values()].flat(2)) {
    counts.files++;
    try {
      if (file.isPacked) await tellPacked(file, tell, signal);
      else if (await hasFault(file, signal)) {
        await lock(lockedPath(file), () => mendFile(file, tell, { signal, dryRun }));
      }
    } catch (error) {
      // The others can still be repaired.
      const reason = problemOf(error);
      if (reason === undefined || signal?.aborted) throw error;
      tell({ location: file.path, offset: 0, bytes: 0, action: "left", reason });
    }
    onFile?.(file);
  }
  return { ...counts, places };
}

const withoutLock: WithLock = (_, work) => work();

/** What went wrong with a file; `undefined` for a fault of another kind. */
function problemOf(error: unknown): string | undefined {
  const { code, message } = error as NodeJS.ErrnoException;
  return typeof code === "string" ? message : undefined;
}

/** Looks before the lock is taken, since as a rule there is nothing to do. */
async function hasFault(file: LogFile, signal: AbortSignal | undefined): Promise<boolean> {
  const { ReadableFile, readLogFile } = await import("./engine.ts");
  const opened = new ReadableFile(file.path);
  let isOpen = false;
  const onFile = (_: LogFile, read: FileRead) => {
    isOpen = read.isOpen;
  };
  const options = { mode: "salvage", ...DEFAULT_LIMITS, signal, onFile } as const;
  for await (const items of readLogFile(file, opened, options)) {
    if (items.some((item) => item.type === "bad_line")) return true;
  }
  return isOpen;
}

async function tellPacked(
  file: LogFile,
  tell: TellPlace,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { ReadableFile, readLogFile } = await import("./engine.ts");
  const onDamage = ({ offset, bytes, reason }: Damage) =>
    tell({ location: file.path, offset, bytes, action: "left", reason: `packed: ${reason}` });
  const opened = new ReadableFile(file.path);
  const options = { mode: "salvage", ...DEFAULT_LIMITS, signal, onDamage } as const;
  for await (const _ of readLogFile(file, opened, options));
}

/** The lock is that of the file in use, also for those that were put aside of it. */
function lockedPath({ path, stem, writer }: LogFile): string {
  return join(dirname(path), `${stem}${writer && `.${writer}`}${extname(path)}`);
}
