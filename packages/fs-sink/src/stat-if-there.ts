import { type Stats, statSync } from "node:fs";

/**
 * What is at a path, or nothing, also where one of its folders is gone, is a file by now, or may not
 * be entered: `throwIfNoEntry` throws for these.
 */
export function statIfThere(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}
