import { createReadStream, existsSync, lstatSync, type Stats, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { createGunzip } from "node:zlib";
import { parseRecord, type StepRecord } from "@step-log/core";
import { type FsLogFile, fsSource, runFileName } from "@step-log/fs-sink";
import { lastRecord } from "@step-log/fs-sink/scan";

/** What can be deleted as a whole: a run of a folder, or a file that was put aside. */
export interface Prunable {
  /** Of the run; `null` of a file that runs share. */
  readonly runId: string | null;
  readonly files: readonly SeenFile[];
  readonly bytes: number;
  /** Unix seconds of what came last. */
  readonly lastAt: number;
  /** How the run ended; `null` where it has not, or where it is not known. */
  readonly status: string | null;
}

/** A file as it was when it was looked at. */
export interface SeenFile {
  readonly path: string;
  readonly bytes: number;
  readonly mtimeMs: number;
  readonly ino: number;
}

/** What is left alone, and why. */
export interface LeftAlone {
  readonly path: string;
  readonly reason: string;
}

/** What lies at a location. */
export interface Found {
  /** Oldest first. */
  readonly prunable: readonly Prunable[];
  readonly leftAlone: readonly LeftAlone[];
  /** The size of all files of the log. */
  readonly bytes: number;
}

// An agent may think, or wait for a person, for so long between two steps.
const LATELY_S = 600;
// A run without an end that was written to within so long may go on.
const UNENDED_S = 86_400;
// Its holder touches a lock every 2.5 s.
const LOCK_FRESH_MS = 60_000;

/**
 * Looks at a log for what may be deleted: whole runs of a folder that has a file a run, and files of
 * shared logs that were put aside. Nothing that is written to, and nothing that holds no records of ours.
 *
 * @param now Unix seconds.
 */
export async function findPrunable(
  location: string,
  now: number,
  onFile: (bytes: number) => void,
): Promise<Found> {
  const files = await fsSource(location).files();
  const isFolder = statSync(location).isDirectory();
  const byStem = new Map<string, FsLogFile[]>();
  for (const file of files) byStem.set(file.stem, [...(byStem.get(file.stem) ?? []), file]);
  const prunable: Prunable[] = [];
  const leftAlone: LeftAlone[] = [];
  for (const [stem, group] of byStem) {
    const looked = await Promise.all(group.map((file) => look(file, now)));
    for (const { bytes } of group) onFile(bytes);
    const runId = isFolder ? ownRun(stem, looked) : null;
    if (runId === null) {
      for (const it of looked) {
        const reason = it.isInUse ? "runs share it, and it is the one in use" : it.reason;
        if (reason !== undefined) leftAlone.push({ path: it.file.path, reason });
        else prunable.push(together(null, [it]));
      }
      continue;
    }
    const spared = looked.find(({ reason }) => reason !== undefined);
    if (spared === undefined) prunable.push(together(runId, looked));
    else leftAlone.push({ path: spared.file.path, reason: spared.reason ?? "" });
  }
  prunable.sort((a, b) => a.lastAt - b.lastAt);
  return { prunable, leftAlone, bytes: files.reduce((sum, { bytes }) => sum + bytes, 0) };
}

interface Looked {
  readonly file: SeenFile;
  readonly isInUse: boolean;
  /** One of its records, the last where that can be had. */
  readonly record: StepRecord | undefined;
  readonly lastAt: number;
  /** Why it is to be left alone. */
  readonly reason: string | undefined;
}

async function look({ path, isInUse, changedAt }: FsLogFile, now: number): Promise<Looked> {
  const stats = lstatSync(path);
  const { size: bytes, mtimeMs, ino } = stats;
  const record = await (isInUse ? lastRecord(path) : firstRecord(path)).catch(() => undefined);
  // Records that were imported are older than their file.
  const lastAt = isInUse && record !== undefined ? Math.min(record.ts, changedAt) : changedAt;
  const reason = whyNot(path, stats, record, isInUse, now);
  return { file: { path, bytes, mtimeMs, ino }, isInUse, record, lastAt, reason };
}

function whyNot(
  path: string,
  stats: Stats,
  record: StepRecord | undefined,
  isInUse: boolean,
  now: number,
): string | undefined {
  if (!stats.isFile()) return "not a regular file";
  if (stats.nlink > 1) return "has a second name, a hard link";
  if (record === undefined) return "holds no record of step-log's";
  if (isLocked(path)) return "a writer has its lock";
  const quietS = now - stats.mtimeMs / 1000;
  if (quietS < LATELY_S) return "was written to within the last 10 minutes";
  const mayGoOn = isInUse && record.type !== "run_end" && quietS < UNENDED_S;
  return mayGoOn ? "its run has not ended, and was written to within the last day" : undefined;
}

/** Whether somebody is writing to a file, or about to. */
export function isLocked(path: string): boolean {
  const names = [`${path}.lock`, join(dirname(path), `.${basename(path)}.shared`)];
  return names.some((name) => {
    const found = statSync(name, { throwIfNoEntry: false });
    return found !== undefined && Date.now() - found.mtimeMs < LOCK_FRESH_MS;
  });
}

/** The run whose own files these are: they are named after it. */
function ownRun(stem: string, looked: readonly Looked[]): string | null {
  const ids = new Set(
    looked.flatMap(({ record }) => (record === undefined ? [] : [record.run_id])),
  );
  const [runId] = ids;
  return ids.size === 1 && runId !== undefined && runFileName(runId) === stem ? runId : null;
}

function together(runId: string | null, looked: readonly Looked[]): Prunable {
  const end = looked.find(({ record }) => record?.type === "run_end")?.record;
  const status = end?.type === "run_end" && typeof end.status === "string" ? end.status : null;
  return {
    runId,
    files: looked.map(({ file }) => file),
    bytes: looked.reduce((sum, { file }) => sum + file.bytes, 0),
    lastAt: Math.max(...looked.map(({ lastAt }) => lastAt)),
    status: runId === null ? null : status,
  };
}

// A header with long metadata fits.
const HEAD_BYTES = 1024 * 1024;

async function firstRecord(path: string): Promise<StepRecord | undefined> {
  if (!existsSync(path)) return undefined;
  const file = createReadStream(path, { end: HEAD_BYTES });
  const bytes = path.endsWith(".gz") ? file.pipe(createGunzip()) : file;
  file.on("error", (error) => bytes.destroy(error));
  let head = "";
  try {
    for await (const piece of bytes) {
      head += String(piece);
      const lines = head.split("\n");
      for (const line of lines.slice(0, -1)) {
        const record = parseRecord(line);
        if (record.type !== "bad_line") return record;
      }
      head = lines.at(-1) ?? "";
      if (head.length > HEAD_BYTES) return undefined;
    }
  } finally {
    file.destroy();
  }
  return undefined;
}
