import { createReadStream, createWriteStream } from "node:fs";
import { rename, rm, stat } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { randomMark } from "../lazy-builtins.ts";
import { codeOf } from "./open-log-file.ts";

// A writer notices within 50 ms that its file was put aside; one that was stopped for longer than
// this notices after its write, that the file is gone, and writes again.
const SETTLE_MS = 5_000;
// What a process that was killed had half compressed. One that still lives would have to take an
// hour for one file; it would then start again.
const ABANDONED_MS = 3_600_000;

/**
 * Packs a file that was put aside into `.gz`, when it has settled. To a file of its own first, so that a
 * `.gz` is whole or not there.
 */
export async function compress(file: string): Promise<void> {
  const unfinished = `${file}.gz.${process.pid}-${randomMark()}.tmp`;
  try {
    const { size, mode, ctimeMs } = await stat(file);
    if (Date.now() - ctimeMs <= SETTLE_MS) return;
    await pipeline(
      createReadStream(file),
      createGzip(),
      createWriteStream(unfinished, { flags: "wx", mode: mode & 0o777, flush: true }),
    );
    // Somebody wrote to it meanwhile: next time.
    if ((await stat(file)).size !== size) return;
    await rename(unfinished, `${file}.gz`);
    await rm(file, { force: true });
  } catch (error) {
    // Another has compressed it, or deleted it.
    if (codeOf(error) !== "ENOENT") throw error;
  } finally {
    await rm(unfinished, { force: true });
  }
}

/** Deletes what a `compress` that did not come to its end left behind. */
export async function deleteAbandoned(file: string): Promise<void> {
  const stats = await stat(file).catch(() => undefined);
  if (stats === undefined || Date.now() - stats.mtimeMs <= ABANDONED_MS) return;
  await rm(file, { force: true });
}
