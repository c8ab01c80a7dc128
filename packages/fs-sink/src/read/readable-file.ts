import { closeSync, constants, fstatSync, openSync, read, readSync } from "node:fs";
import { isStepLogError, StepLogError } from "@step-log/core";
import { type FileIdentity, identityOf } from "./file-identity.ts";

/**
 * A regular file, open for reading.
 *
 * Opened and closed without a turn of the thread pool, which takes ten times as long; a folder may
 * have 100,000 files. Read with one, since the bytes may have to come from a disk.
 */
export class ReadableFile {
  readonly path: string;
  /** What it was when it was opened. */
  readonly size: number;
  readonly identity: FileIdentity;
  #fd: number;

  /**
   * Opens a file. Never waits for the other end of a pipe.
   *
   * @throws StepLogError `UNSAFE_FILE` for what is no regular file, a symbolic link too; `NOT_FOUND`;
   * `READ_FAILED`
   */
  constructor(path: string) {
    this.path = path;
    this.#fd = opened(path);
    const { size, identity, isFile } = this.look();
    this.size = size;
    this.identity = identity;
    if (isFile) return;
    this.close();
    throw notRegular(path);
  }

  /** What it is now. */
  look(): { readonly size: number; readonly identity: FileIdentity; readonly isFile: boolean } {
    const stats = fstatSync(this.#fd, { bigint: true });
    return { size: Number(stats.size), identity: identityOf(stats), isFile: stats.isFile() };
  }

  /** Reads into a buffer; gives how many bytes, 0 at the end. Rejects with errors of the file system. */
  read(into: Buffer, position: number): Promise<number> {
    return new Promise((resolve, reject) => {
      read(this.#fd, into, 0, into.length, position, (error, bytesRead) => {
        if (error === null) resolve(bytesRead);
        else reject(error);
      });
    });
  }

  /** The same without waiting, for what is small. Throws errors of the file system. */
  readNow(into: Buffer, position: number): number {
    return readSync(this.#fd, into, 0, into.length, position);
  }

  /** Closes it; nothing may be being read. Closing it again does nothing. */
  close(): void {
    if (this.#fd < 0) return;
    closeSync(this.#fd);
    this.#fd = CLOSED;
  }
}

/** Opens a file; the error, instead of throwing it, when it is a StepLogError. */
export function tryToOpen(path: string): ReadableFile | StepLogError {
  try {
    return new ReadableFile(path);
  } catch (error) {
    if (isStepLogError(error)) return error;
    throw error;
  }
}

const CLOSED = -1;
// Windows knows neither O_NOFOLLOW nor O_NONBLOCK.
const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;

function opened(path: string): number {
  try {
    return openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    // A link gives ELOOP, EMLINK on FreeBSD; a socket ENXIO.
    if (code === "ELOOP" || code === "EMLINK" || code === "ENXIO") throw notRegular(path, cause);
    if (code === "ENOENT") {
      throw new StepLogError("NOT_FOUND", `${path} is not there`, { cause, details: { path } });
    }
    const message = `${path} cannot be opened for reading (${code}); check its permissions`;
    throw new StepLogError("READ_FAILED", message, { cause, details: { path, code } });
  }
}

function notRegular(path: string, cause?: unknown): StepLogError {
  const message = `${path} is not a regular file, and was not read`;
  return new StepLogError("UNSAFE_FILE", message, { cause, details: { path } });
}
