import { relative } from "node:path";
import type { Io } from "../io.ts";

/** A path as the user would write it: from where they are, if it lies below. */
export function shownPath(path: string, { cwd }: Pick<Io, "cwd">): string {
  const below = relative(cwd, path);
  return below !== "" && !below.startsWith("..") ? below : path;
}
