import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
} from "node:fs";
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
 * @param syncFolder Makes its name, and those of folders that were made, as durable as its content
 * will be.
 * @throws StepLogError `UNSAFE_FILE`; errors of the file system as they are.
 */
export function openLogFile(path: string, mode: number, syncFolder: boolean): OpenFile {
  const { fd, made } = openOrMake(path, mode);
  try {
    const stat = fstatSync(fd);
    const why = unsafe(stat);
    if (why !== undefined) {
      throw new StepLogError("UNSAFE_FILE", `fs: ${path} ${why}; nothing is written to it`, {
        details: { path },
      });
    }
    if ((stat.mode & 0o777) !== mode && process.platform !== "win32") fchmodSync(fd, mode);
    if (syncFolder) syncNames(path, made);
    return { fd, dev: stat.dev, ino: stat.ino, size: stat.size, bornAtMs: stat.birthtimeMs };
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

/** Opens the file; `made` is the uppermost of what this call made. */
function openOrMake(path: string, mode: number): { readonly fd: number; readonly made: string } {
  try {
    return { fd: openSync(path, O_RDWR | O_APPEND | SAFE), made: path };
  } catch (error) {
    if (codeOf(error) === "ELOOP" || codeOf(error) === "EMLINK") throw linked(path, error);
    if (codeOf(error) !== "ENOENT") throw error;
  }
  const made = mkdirSync(dirname(path), { recursive: true, mode: folderMode(mode) }) ?? path;
  try {
    return { fd: openSync(path, O_RDWR | O_APPEND | O_CREAT | O_EXCL | SAFE, mode), made };
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error;
    return { fd: openSync(path, O_RDWR | O_APPEND | SAFE), made }; // another writer was faster
  }
}

function unsafe(stat: ReturnType<typeof fstatSync>): string | undefined {
  if (!stat.isFile()) return "is not a regular file";
  if (stat.nlink > 1) return "has more than one link";
  if (process.geteuid !== undefined && stat.uid !== process.geteuid())
    return "belongs to another user";
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

/** Syncs the folders that name what was made, from `made` down to the file. */
function syncNames(path: string, made: string): void {
  if (process.platform === "win32") return; // has no such thing
  for (let name = path; name.length >= made.length; name = dirname(name)) syncFolderOf(name);
}

function syncFolderOf(path: string): void {
  let fd: number | undefined;
  try {
    fd = openSync(dirname(path), constants.O_RDONLY);
    fsyncSync(fd);
  } catch (error) {
    // A folder that must not be read, or a file system that does not sync folders.
    if (!["EACCES", "EPERM", "EINVAL", "ENOTSUP"].includes(codeOf(error) ?? "")) throw error;
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

/** The code of an error of the file system, such as `ENOSPC`. */
export function codeOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === "string" ? code : undefined;
}
