import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { StepLogError } from "@step-log/core";
import { type FileIdentity, identityOf } from "./file-identity.ts";

/** An open regular file, and what it was when it was opened. */
export interface OpenedFile {
  readonly handle: FileHandle;
  readonly size: number;
  readonly identity: FileIdentity;
}

/**
 * Opens a file for reading, if it is a regular one. Never waits for the other end of a pipe.
 *
 * @throws StepLogError `UNSAFE_FILE` for anything else, a symbolic link too; `NOT_FOUND`; `READ_FAILED`
 */
export async function openForReading(path: string): Promise<OpenedFile> {
  // O_NOFOLLOW and O_NONBLOCK are not there on Windows.
  const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;
  let handle: FileHandle | undefined;
  try {
    handle = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    const stats = await handle.stat({ bigint: true });
    if (!stats.isFile()) throw notRegular(path);
    return { handle, size: Number(stats.size), identity: identityOf(stats) };
  } catch (cause) {
    await handle?.close();
    if (cause instanceof StepLogError) throw cause;
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
