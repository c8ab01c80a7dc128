import { type BigIntStats, lstatSync } from "node:fs";
import type { BadLine } from "@step-log/core";
import { type FileIdentity, identityOf } from "./file-identity.ts";
import { isInUse } from "./log-file-name.ts";
import { type LogFile, listLogFiles } from "./log-files.ts";
import { ReadableFile, tryToOpen } from "./readable-file.ts";

/** A part of a log: a file, or whole lines of one. Plain data, which another thread can be given. */
export interface LogPart {
  readonly path: string;
  readonly isPacked: boolean;
  /** Where it begins, in bytes from the start of the file. */
  readonly from: number;
  /** Where it ends, `null` for the end of the file. */
  readonly to: number | null;
  /** How many bytes it has, packed ones as they are. */
  readonly bytes: number;
  /** Unix seconds of the last change of the file. */
  readonly changedAt: number;
  /** Whether there is more of the same writer, before or behind it: a call may begin in one part and end in another. */
  readonly isOneOfSeveral: boolean;
  /** Tells the file from another that has taken its name since. */
  readonly file: string;
}

/** The parts of a log. */
export interface LogParts {
  /** In the order in which reading gives them. */
  readonly parts: readonly LogPart[];
  /** What could not be made part of it: files that cannot be opened. */
  readonly badLines: readonly BadLine[];
}

/** Options of `logParts`. */
export interface LogPartsOptions {
  /** Files larger than this are cut into several parts, but packed ones. @defaultValue 33554432, 32 MiB */
  readonly partBytes?: number;
}

const DEFAULT_PART_BYTES = 32 * 2 ** 20;

/**
 * Cuts a log, of the locations that `fsSource` takes, into parts that several threads can scan at the
 * same time, as it is now. Reads next to nothing of the files: 10,000 take about 0.3 s.
 *
 * @throws StepLogError `NOT_FOUND`, `UNSAFE_FILE`, `READ_FAILED` for the location
 */
export async function logParts(
  location: string | URL,
  { partBytes = DEFAULT_PART_BYTES }: LogPartsOptions = {},
): Promise<LogParts> {
  const { logs, strange, kind } = await listLogFiles(location);
  const parts: LogPart[] = [];
  const badLines: BadLine[] = [...strange];
  for (const chain of [...logs.values()].flat()) {
    for (const file of chain) {
      const found = lstatSync(file.path, { bigint: true, throwIfNoEntry: false });
      if (found?.isFile()) parts.push(...(await partsOf(file, found, partBytes, chain.length > 1)));
      // Opening it tells what is wrong.
      else if (kind === "file" && isInUse(file) && file.writer === "")
        new ReadableFile(file.path).close();
      else badLines.push(passedOver(file.path, "it has gone, or is no regular file"));
    }
  }
  return { parts, badLines };
}

/** A bad line that stands for a whole file. */
export function passedOver(path: string, why: string): BadLine {
  return { type: "bad_line", offset: 0, bytes: 0, reason: `passed over: ${why}`, location: path };
}

/** What tells a file from others, as text. */
export function fileKey({ node, bornAt, isBornAtKnown }: FileIdentity): string {
  return isBornAtKnown ? `${node}:${bornAt}` : node;
}

async function partsOf(
  { path, isPacked }: LogFile,
  found: BigIntStats,
  partBytes: number,
  isChained: boolean,
): Promise<readonly LogPart[]> {
  const size = Number(found.size);
  const ends = isPacked || size <= partBytes ? [] : await lineEnds(path, size, partBytes);
  const starts = [0, ...ends];
  return starts.map((from, index) => ({
    path,
    isPacked,
    from,
    to: ends[index] ?? null,
    bytes: (ends[index] ?? size) - from,
    changedAt: Number(found.mtimeMs) / 1000,
    isOneOfSeveral: isChained || ends.length > 0,
    file: fileKey(identityOf(found)),
  }));
}

/** Where parts end within a file, each behind a `\n`. */
async function lineEnds(path: string, size: number, partBytes: number): Promise<readonly number[]> {
  const opened = tryToOpen(path);
  // Who scans it will say so.
  if (opened instanceof Error) return [];
  const ends: number[] = [];
  try {
    for (let at = partBytes; at < size; ) {
      const end = await lineEnd(opened, at);
      if (end >= size) break;
      ends.push(end);
      at = end + partBytes;
    }
  } finally {
    opened.close();
  }
  return ends;
}

const NEWLINE = 10;
const LOOK_BYTES = 64 * 1024;

/** Where the line ends that byte `at` is in, behind its `\n`; the size of the file where it has none. */
async function lineEnd(file: ReadableFile, at: number): Promise<number> {
  const bytes = Buffer.allocUnsafe(LOOK_BYTES);
  for (let from = at; ; ) {
    const length = await file.read(bytes, from);
    if (length === 0) return file.size;
    const found = bytes.subarray(0, length).indexOf(NEWLINE);
    if (found >= 0) return from + found + 1;
    from += length;
  }
}
