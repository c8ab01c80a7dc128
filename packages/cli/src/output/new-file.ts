import { randomBytes } from "node:crypto";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { StepLogError } from "@step-log/core";

// Few large writes, and little memory.
const BATCH_BYTES = 256 * 1024;

/**
 * Writes a file that appears under its name when it is whole, and not at all where something fails.
 * Only its owner can read it.
 *
 * @returns Its size in bytes
 * @throws StepLogError `WRITE_FAILED`; what the pieces throw
 */
export async function newFile(
  path: string,
  pieces: AsyncIterable<string | Uint8Array>,
): Promise<number> {
  const partial = `${path}.${randomBytes(6).toString("hex")}.partial`;
  const file = await writing(path, () => open(partial, "wx", 0o600));
  let isWhole = false;
  try {
    const size = await writeAll(path, file, pieces);
    await writing(path, () => file.datasync());
    await file.close();
    await writing(path, () => rename(partial, path));
    isWhole = true;
    return size;
  } finally {
    if (!isWhole) {
      await file.close().catch(() => {});
      await rm(partial, { force: true });
    }
  }
}

async function writeAll(
  path: string,
  file: FileHandle,
  pieces: AsyncIterable<string | Uint8Array>,
): Promise<number> {
  let size = 0;
  let waiting: Uint8Array[] = [];
  let waitingBytes = 0;
  const write = async () => {
    const bytes = Buffer.concat(waiting);
    waiting = [];
    waitingBytes = 0;
    await writing(path, () => file.writeFile(bytes));
  };
  for await (const piece of pieces) {
    const bytes = typeof piece === "string" ? Buffer.from(piece) : piece;
    size += bytes.length;
    waitingBytes += bytes.length;
    waiting.push(bytes);
    if (waitingBytes >= BATCH_BYTES) await write();
  }
  await write();
  return size;
}

async function writing<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const what = code === "ENOENT" ? `there is no folder ${dirname(path)}` : `${code}`;
    const message = `cannot write ${path}: ${what}`;
    throw new StepLogError("WRITE_FAILED", message, { cause, details: { path } });
  }
}
