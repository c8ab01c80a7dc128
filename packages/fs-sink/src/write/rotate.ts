import { readdirSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, extname, join } from "node:path";
import type { RotateOptions } from "../fs-sink-options.ts";

// A name further ahead than this was made by a clock that is of no account.
const MAX_AHEAD_MS = 86_400_000;

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
  const now = Date.now();
  const last = asideFiles(path).findLast((file) => file.at <= now + MAX_AHEAD_MS);
  const at = Math.max(now, last === undefined ? 0 : last.at + 1);
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
  const found = relatives(path);
  const files = asideAmong(found);
  const { keep = Number.POSITIVE_INFINITY, gzip = false } = options;
  const kept = files.slice(Math.max(0, files.length - keep));
  for (const file of files.slice(0, files.length - kept.length)) {
    for (const form of [file.path, `${file.path}.gz`]) rmSync(form, { force: true });
  }
  if (!gzip || tidying.has(path)) return;
  tidying.add(path);
  try {
    // Streams and zlib take some milliseconds to load.
    const { compress, deleteAbandoned } = await import("./compress.ts");
    for (const { file, rest } of found) if (UNFINISHED.test(rest)) await deleteAbandoned(file);
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
  return asideAmong(relatives(path));
}

function asideAmong(relatives: readonly Relative[]): AsideFile[] {
  const files = new Map<string, AsideFile>();
  for (const { file, at, rest } of relatives) {
    if (rest !== "" && rest !== ".gz") continue;
    const path = file.slice(0, file.length - rest.length);
    const isPacked = rest === ".gz" && files.get(path)?.isPacked !== false;
    files.set(path, { path, at, isPacked });
  }
  return [...files.values()].sort((a, b) => a.at - b.at);
}

const UNFINISHED = /^\.gz\.\d+-[0-9a-f]{8}\.tmp$/;

/** A file that has the name of a log file with a stamp in it, and `rest` behind its ending. */
interface Relative {
  readonly file: string;
  readonly at: number;
  readonly rest: string;
}

function relatives(path: string): Relative[] {
  const folder = dirname(path);
  const ending = extname(path);
  const stem = basename(path, ending);
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (!entry.isFile() || !entry.name.startsWith(`${stem}.`)) return [];
    const [, stamp, rest = ""] =
      /^(\d{8}T\d{9}Z)(.*)$/s.exec(entry.name.slice(stem.length + 1)) ?? [];
    const at = stamp === undefined ? Number.NaN : timeOf(stamp);
    if (Number.isNaN(at) || !rest.startsWith(ending)) return [];
    return [{ file: join(folder, entry.name), at, rest: rest.slice(ending.length) }];
  });
}

function timeOf(stamp: string): number {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z$/;
  return Date.parse(stamp.replace(parts, "$1-$2-$3T$4:$5:$6.$7Z"));
}
