import { closeSync, constants, fchmodSync, fstatSync, fsyncSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { StepLogError } from "@step-log/core";

/** An open file and what it was when it was opened. */
export interface OpenFile {
  readonly fd: number;
  readonly dev: number;
  readonly ino: number;
  readonly size: number;
  /** Milliseconds of the Unix epoch. */
  readonly bornAtMs: number;
}

// Links are not followed, a FIFO without a reader does not block. Windows knows neither.
const SAFE = (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
const { O_RDWR, O_APPEND, O_CREAT, O_EXCL } = constants;

/**
 * Opens a file for appending, makes it and its folders where they are missing, and makes sure that
 * it is what it should be: a regular file with one link, of this user.
 *
 * @throws StepLogError `UNSAFE_FILE`; errors of the file system as they are.
 */
export function openLogFile(path: string, mode: number, syncFolder: boolean): OpenFile {
  const fd = openOrMake(path, mode, syncFolder);
  try {
    const stat = fstatSync(fd);
    const why = unsafe(stat);
    if (why !== undefined) {
      throw new StepLogError("UNSAFE_FILE", `fs: ${path} ${why}; nothing is written to it`, {
        details: { path },
      });
    }
    if ((stat.mode & 0o777) !== mode && process.platform !== "win32") fchmodSync(fd, mode);
    return { fd, dev: stat.dev, ino: stat.ino, size: stat.size, bornAtMs: stat.birthtimeMs };
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

/** Opens with `O_EXCL` first, to know whether the file, and so its folder, was made by this call. */
function openOrMake(path: string, mode: number, syncFolder: boolean): number {
  try {
    return openSync(path, O_RDWR | O_APPEND | SAFE);
  } catch (error) {
    if (codeOf(error) === "ELOOP" || codeOf(error) === "EMLINK") throw linked(path, error);
    if (codeOf(error) !== "ENOENT") throw error;
  }
  mkdirSync(dirname(path), { recursive: true, mode: folderMode(mode) });
  try {
    const fd = openSync(path, O_RDWR | O_APPEND | O_CREAT | O_EXCL | SAFE, mode);
    if (syncFolder) fsyncFolder(dirname(path));
    return fd;
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error;
    return openSync(path, O_RDWR | O_APPEND | SAFE); // another writer was faster
  }
}

function unsafe(stat: ReturnType<typeof fstatSync>): string | undefined {
  if (!stat.isFile()) return "is not a regular file";
  if (stat.nlink > 1) return "has more than one link";
  if (process.geteuid !== undefined && stat.uid !== process.geteuid()) return "belongs to another user";
  return undefined;
}

function linked(path: string, cause: unknown): StepLogError {
  const message = `fs: ${path} is a symbolic link; nothing is written through it`;
  return new StepLogError("UNSAFE_FILE", message, { cause, details: { path } });
}

/** Who may read a file may enter its folder. */
function folderMode(mode: number): number {
  return mode | ((mode & 0o444) >> 2);
}

/** Makes the name of a new file as durable as the file. */
function fsyncFolder(path: string): void {
  if (process.platform === "win32") return; // has no such thing
  const fd = openSync(path, constants.O_RDONLY);
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** The code of an error of the file system, such as `ENOSPC`. */
export function codeOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === "string" ? code : undefined;
}
