import type { Dirent } from "node:fs";
import { open, readdir, stat } from "node:fs/promises";
import { join, parse } from "node:path";
import { fileURLToPath } from "node:url";
import { StepLogError } from "@step-log/core";

/** What can be imported: the path of a file or folder, or bytes. */
export type ImportInput =
  | string
  | URL
  | Uint8Array
  | Iterable<Uint8Array>
  | AsyncIterable<Uint8Array>;

/** One source of an input: a file of it, or its bytes. */
export interface InputFile {
  /** Its path; none where bytes were given. */
  readonly location?: string;
  /** The name of the file without its endings. */
  readonly name?: string;
  /** In bytes, where it is known. */
  readonly size: number | null;
  readonly bytes: () => AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

// Fewer turns of the thread pool than with Node's own 64 KiB.
const READ_BYTES = 256 * 1024;

/**
 * The files of an input: the one, or all below a folder, by name; links are not followed.
 *
 * @throws StepLogError `NOT_FOUND`, `READ_FAILED` or `UNSAFE_FILE`
 */
export async function inputFiles(input: ImportInput): Promise<readonly InputFile[]> {
  if (input instanceof Uint8Array) return [{ size: input.length, bytes: () => [input] }];
  if (typeof input !== "string" && !(input instanceof URL))
    return [{ size: null, bytes: () => input }];
  const path = input instanceof URL ? fileURLToPath(input) : input;
  const about = await readingFrom(path, () => stat(path));
  if (about.isFile()) return [fileAt(path, about.size)];
  if (!about.isDirectory()) {
    const message = `${path} is neither a file nor a folder, and was not read`;
    throw new StepLogError("UNSAFE_FILE", message, { details: { path } });
  }
  const entries = await readingFrom(path, () =>
    readdir(path, { recursive: true, withFileTypes: true }),
  );
  const paths = entries
    .filter((entry) => entry.isFile())
    .map(pathOf)
    .sort();
  return Promise.all(paths.map(async (it) => fileAt(it, await sizeOf(it))));
}

function pathOf(entry: Dirent): string {
  return join(entry.parentPath, entry.name);
}

async function sizeOf(path: string): Promise<number | null> {
  return stat(path).then(
    ({ size }) => size,
    () => null,
  );
}

function fileAt(path: string, size: number | null): InputFile {
  const name = parse(path).name.replace(/(?:\.traj)?\.(?:jsonl?|ndjson)$/i, "");
  return {
    location: path,
    name: parse(name).ext === ".traj" ? parse(name).name : name,
    size,
    bytes: () => bytesOf(path),
  };
}

async function* bytesOf(path: string): AsyncGenerator<Uint8Array, void, void> {
  const file = await readingFrom(path, () => open(path));
  try {
    for (;;) {
      // A new one each time, since lines may keep parts of it.
      const buffer = Buffer.allocUnsafeSlow(READ_BYTES);
      const { bytesRead } = await readingFrom(path, () => file.read(buffer, 0, READ_BYTES));
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

async function readingFrom<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === "ENOENT") {
      throw new StepLogError("NOT_FOUND", `${path} is not there`, { cause, details: { path } });
    }
    const message = `${path} cannot be read (${code}); check its permissions`;
    throw new StepLogError("READ_FAILED", message, { cause, details: { path, code } });
  }
}
