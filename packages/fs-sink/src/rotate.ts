import { createReadStream, createWriteStream, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { rename, rm, stat } from "node:fs/promises";
import { basename, dirname, extname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import type { RotateOptions } from "./fs-sink-options.ts";

// A writer notices within 50 ms that its file was put aside; one that was stopped for longer than
// this notices after its write, that the file is gone, and writes again.
const SETTLE_MS = 5_000;

/** Whether a file of this size and age is to be put aside. */
export function rotationIsDue(options: RotateOptions, size: number, bornAtMs: number): boolean {
  const { maxBytes = Number.POSITIVE_INFINITY, maxAgeMs } = options;
  if (size === 0) return false;
  return size >= maxBytes || (maxAgeMs !== undefined && Date.now() - bornAtMs >= maxAgeMs);
}

/**
 * Puts a log file aside under the time's name: `agent-steps.jsonl` becomes
 * `agent-steps.20261122T184500123Z.jsonl`, so that names sort by age. Needs the lock.
 *
 * @returns The new path.
 */
export function putAside(path: string): string {
  const ending = extname(path);
  const stem = path.slice(0, path.length - ending.length);
  const stamp = new Date().toISOString().replace(/[-:.]/g, "");
  for (let n = 0; ; n++) {
    const target = `${stem}.${stamp}${n === 0 ? "" : `-${n}`}${ending}`;
    if (exists(target) || exists(`${target}.gz`)) continue;
    renameSync(path, target);
    return target;
  }
}

/** Deletes what was put aside beyond `keep`, and compresses what has settled. Needs the lock. */
export async function tidy(path: string, options: RotateOptions): Promise<void> {
  const files = asideFiles(path);
  const { keep = Number.POSITIVE_INFINITY, gzip = false } = options;
  const kept = files.slice(Math.max(0, files.length - keep));
  for (const file of files.slice(0, files.length - kept.length)) rmSync(file, { force: true });
  if (!gzip) return;
  for (const file of kept) {
    if (!file.endsWith(".gz") && Date.now() - statSync(file).ctimeMs > SETTLE_MS) await compress(file);
  }
}

/** The files put aside of a log file, oldest first. */
export function asideFiles(path: string): string[] {
  const ending = extname(path);
  const stem = basename(path, ending);
  const isAside = (name: string) =>
    name.startsWith(`${stem}.`) && /^\.\d{8}T\d{9}Z(?:-\d+)?$/.test(middle(name, stem, ending));
  return readdirSync(dirname(path))
    .filter(isAside)
    .sort()
    .map((name) => join(dirname(path), name));
}

function middle(name: string, stem: string, ending: string): string {
  const plain = name.endsWith(".gz") ? name.slice(0, -3) : name;
  return plain.endsWith(ending) ? plain.slice(stem.length, plain.length - ending.length) : "";
}

/** To a file of its own first, so that a `.gz` is whole or not there. */
async function compress(file: string): Promise<void> {
  const { size, mode } = await stat(file);
  const unfinished = `${file}.gz.tmp`;
  await pipeline(
    createReadStream(file),
    createGzip(),
    createWriteStream(unfinished, { mode: mode & 0o777, flush: true }),
  );
  // Somebody wrote to it meanwhile: next time.
  if ((await stat(file)).size !== size) return rm(unfinished);
  await rename(unfinished, `${file}.gz`);
  await rm(file);
}

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}
