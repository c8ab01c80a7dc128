import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";

// A step that began early may end late, but not thousands of lines later.
const TAIL_BYTES = 1024 * 1024;

/** The highest step of a run in the last MiB of a file, or `undefined`. */
export function lastStep(path: string, runId: string): number | undefined {
  let last: number | undefined;
  for (const line of tail(path).split("\n")) {
    if (!line.includes(JSON.stringify(runId))) continue;
    const record = parsed(line);
    if (record?.run_id !== runId || typeof record.step !== "number") continue;
    last = Math.max(last ?? 0, record.step);
  }
  return last;
}

function tail(path: string): string {
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
  } catch {
    return "";
  }
  try {
    const { size } = fstatSync(fd);
    const bytes = Buffer.alloc(Math.min(size, TAIL_BYTES));
    return bytes.toString("utf8", 0, readSync(fd, bytes, 0, bytes.length, size - bytes.length));
  } catch {
    return "";
  } finally {
    closeSync(fd);
  }
}

function parsed(line: string): { run_id?: unknown; step?: unknown } | undefined {
  try {
    return JSON.parse(line) ?? undefined;
  } catch {
    return undefined; // a stub, or the line at which the tail begins
  }
}
