import { randomBytes } from "node:crypto";
import { createReadStream, createWriteStream, readdirSync, renameSync, rmSync } from "node:fs";
import { rename, rm, stat } from "node:fs/promises";
import { basename, dirname, extname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import type { RotateOptions } from "./fs-sink-options.ts";
import { codeOf } from "./open-log-file.ts";

// A writer notices within 50 ms that its file was put aside; one that was stopped for longer than
// this notices after its write, that the file is gone, and writes again.
const SETTLE_MS = 5_000;
// What a process that was killed had half compressed. One that still lives would have to take an
// hour for one file; it would then start again.
const ABANDONED_MS = 3_600_000;

/** Whether a file of this size and age is to be put aside. */
export function rotationIsDue(options: RotateOptions, size: number, bornAtMs: number): boolean {
  const { maxBytes = Number.POSITIVE_INFINITY, maxAgeMs } = options;
  if (size === 0) return false;
  return size >= maxBytes || (maxAgeMs !== undefined && Date.now() - bornAtMs >= maxAgeMs);
}

/**
 * Puts a log file aside under the time's name: `agent-steps.jsonl` becomes
 * `agent-steps.20261122T184500123Z.jsonl`. Needs the lock.
 *
 * Names sort by age, also of two in one millisecond or after the clock was set back: then a name is
 * of the millisecond after the last.
 *
 * @returns The new path.
 */
export function putAside(path: string): string {
  const ending = extname(path);
  const last = asideFiles(path).at(-1);
  const at = Math.max(Date.now(), last === undefined ? 0 : last.at + 1);
  const stamp = new Date(at).toISOString().replace(/[-:.]/g, "");
  const target = `${path.slice(0, path.length - ending.length)}.${stamp}${ending}`;
  renameSync(path, target);
  return target;
}

/**
 * Deletes what was put aside beyond `keep`, and compresses what has settled. Needs the lock to begin;
 * several at a time, of several processes, do no harm.
 */
export async function tidy(path: string, options: RotateOptions): Promise<void> {
  const files = asideFiles(path);
  const { keep = Number.POSITIVE_INFINITY, gzip = false } = options;
  const kept = files.slice(Math.max(0, files.length - keep));
  for (const file of files.slice(0, files.length - kept.length)) {
    for (const form of [file.path, `${file.path}.gz`]) rmSync(form, { force: true });
  }
  if (!gzip || tidying.has(path)) return;
  tidying.add(path);
  try {
    await deleteAbandoned(path);
    for (const file of kept) if (!file.isPacked) await compress(file.path);
  } finally {
    tidying.delete(path);
  }
}

const tidying = new Set<string>();

/** A file that was put aside. */
export interface AsideFile {
  /** Without the `.gz`. */
  readonly path: string;
  /** When it was put aside, in milliseconds of the Unix epoch. */
  readonly at: number;
  /** Whether there is nothing but a `.gz` of it. */
  readonly isPacked: boolean;
}

/** The files put aside of a log file, oldest first. */
export function asideFiles(path: string): AsideFile[] {
  const files = new Map<string, AsideFile>();
  for (const { name, stamp, rest } of relatives(path)) {
    if (rest !== "" && rest !== ".gz") continue;
    const plain = join(dirname(path), name.slice(0, name.length - rest.length));
    const isPacked = rest === ".gz" && files.get(plain)?.isPacked !== false;
    files.set(plain, { path: plain, at: timeOf(stamp), isPacked });
  }
  return [...files.values()].sort((a, b) => a.at - b.at);
}

/** To a file of its own first, so that a `.gz` is whole or not there. */
async function compress(file: string): Promise<void> {
  const unfinished = `${file}.gz.${process.pid}-${randomBytes(4).toString("hex")}.tmp`;
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

async function deleteAbandoned(path: string): Promise<void> {
  for (const { name, rest } of relatives(path)) {
    if (!/^\.gz\.\d+-[0-9a-f]{8}\.tmp$/.test(rest)) continue;
    const file = join(dirname(path), name);
    const stats = await stat(file).catch(() => undefined);
    if (stats !== undefined && Date.now() - stats.mtimeMs > ABANDONED_MS)
      await rm(file, { force: true });
  }
}

/** The regular files beside a log file that have its name, a stamp, its ending and some `rest`. */
function relatives(path: string): { name: string; stamp: string; rest: string }[] {
  const ending = extname(path);
  const stem = basename(path, ending);
  return readdirSync(dirname(path), { withFileTypes: true }).flatMap((entry) => {
    const { name } = entry;
    if (!entry.isFile() || !name.startsWith(`${stem}.`)) return [];
    const [stamp] = /^\d{8}T\d{9}Z/.exec(name.slice(stem.length + 1)) ?? [];
    const rest = name.slice(stem.length + 1 + (stamp?.length ?? 0));
    if (stamp === undefined || !rest.startsWith(ending)) return [];
    return [{ name, stamp, rest: rest.slice(ending.length) }];
  });
}

function timeOf(stamp: string): number {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z$/;
  return Date.parse(stamp.replace(parts, "$1-$2-$3T$4:$5:$6.$7Z"));
}
