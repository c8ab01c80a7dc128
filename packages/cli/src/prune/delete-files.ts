import { lstatSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { isLocked, type LeftAlone, type Prunable } from "./prunable.ts";

/** What was deleted. */
export interface Deleted {
  readonly runs: number;
  readonly files: number;
  readonly bytes: number;
  /** What has changed since it was looked at, or could not be deleted. */
  readonly leftAlone: readonly LeftAlone[];
}

/** Deletes files that are still what they were when they were looked at. */
export function deleteFiles(chosen: readonly Prunable[], signal: AbortSignal): Deleted {
  const leftAlone: LeftAlone[] = [];
  let [runs, files, bytes] = [0, 0, 0];
  for (const { runId, files: seen } of chosen) {
    signal.throwIfAborted();
    let isWhole = true;
    for (const { path, bytes: size, mtimeMs, ino } of seen) {
      try {
        const now = lstatSync(path);
        const isSame = now.isFile() && now.ino === ino && now.mtimeMs === mtimeMs;
        if (!isSame || now.size !== size || isLocked(path)) {
          throw new Error("has changed since it was looked at");
        }
        rmSync(path);
        // By which its writers told each other that they were there.
        rmSync(join(dirname(path), `.${basename(path)}.shared`), { force: true });
        files++;
        bytes += size;
      } catch (error) {
        isWhole = false;
        const { code, message } = error as NodeJS.ErrnoException;
        leftAlone.push({ path, reason: code === undefined ? message : `not deleted (${code})` });
      }
    }
    if (isWhole && runId !== null) runs++;
  }
  return { runs, files, bytes, leftAlone };
}
