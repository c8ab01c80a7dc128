import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readSync,
} from "node:fs";
import { basename, dirname, extname, join } from "node:path";
import { lineFilter } from "./read/line-filter.ts";

// A step that began early may end late, but not thousands of lines later. Only where that much holds
// nothing of the run, since its last line is longer or others wrote behind it, more is looked at.
const TAIL_BYTES = [1024 * 1024, 16 * 1024 * 1024];
// What was put aside just before, or written by the processes before, as it must be on a network.
const MAX_FILES = 4;
const SIBLING = /^(?:\.\d+-[0-9a-f]{8})?(?:\.\d{8}T\d{9}Z(?:-\d+)?)?$/;

/**
 * The highest step of a run at the end of a log file and of those that it continues, or `undefined`.
 * Packed files are passed over.
 */
export function lastStep(path: string, runId: string): number | undefined {
  const steps = newestOf(path).flatMap((file) => lastStepIn(file, runId) ?? []);
  return steps.length === 0 ? undefined : Math.max(...steps);
}

/** The file and those that were put aside or belong to other processes, the newest ones. */
function newestOf(path: string): string[] {
  const ending = extname(path);
  const stem = basename(path, ending);
  const isPart = (name: string) =>
    name.startsWith(stem) &&
    name.endsWith(ending) &&
    SIBLING.test(name.slice(stem.length, name.length - ending.length));
  return namesIn(dirname(path))
    .filter(isPart)
    .map((name) => join(dirname(path), name))
    .map((file) => ({ file, at: lstatSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0 }))
    .sort((a, b) => b.at - a.at)
    .slice(0, MAX_FILES)
    .map(({ file }) => file);
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function lastStepIn(path: string, runId: string): number | undefined {
  for (const maxBytes of TAIL_BYTES) {
    const { text, isWhole } = tail(path, maxBytes);
    const last = highestStep(text, runId);
    if (last !== undefined || isWhole) return last;
  }
  return undefined;
}

function highestStep(text: string, runId: string): number | undefined {
  const mayBeOfRun = lineFilter(runId);
  let last: number | undefined;
  for (const line of text.split("\n")) {
    if (!mayBeOfRun(line)) continue;
    const record = parsed(line);
    if (record?.run_id !== runId || typeof record.step !== "number") continue;
    last = Math.max(last ?? 0, record.step);
  }
  return last;
}

function tail(path: string, maxBytes: number): { text: string; isWhole: boolean } {
  let fd: number | undefined;
  try {
    fd = openSync(
      path,
      constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0),
    );
    const { size } = fstatSync(fd);
    const bytes = Buffer.allocUnsafe(Math.min(size, maxBytes));
    const read = readSync(fd, bytes, 0, bytes.length, size - bytes.length);
    return { text: bytes.toString("utf8", 0, read), isWhole: size <= maxBytes };
  } catch {
    return { text: "", isWhole: true };
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

function parsed(line: string): { run_id?: unknown; step?: unknown } | undefined {
  try {
    return JSON.parse(line) ?? undefined;
  } catch {
    return undefined; // a stub, or the line at which the tail begins
  }
}
