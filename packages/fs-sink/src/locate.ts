import { realpathSync, statSync } from "node:fs";
import { basename, dirname, extname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** What a location means: one file for all runs, or a folder with a file a run. */
export interface Place {
  readonly kind: "file" | "folder";
  /** Absolute, with the links of its folders resolved as far as they exist. */
  readonly path: string;
}

/**
 * Reads a path or `file:` URL. A folder is what exists as one, ends in `/`, or is not there and has
 * no ending such as `.jsonl`. A link in the place of the file itself is left for the opening to refuse.
 *
 * @throws TypeError for URLs of another scheme.
 */
export function locate(location: string | URL): Place {
  const isUrl = location instanceof URL || location.startsWith("file:");
  const path = isUrl ? fileURLToPath(location) : location;
  const absolute = resolve(path);
  const is = kindOf(absolute);
  const isFolder = /[\\/]$/.test(path) || (is ?? kindOfName(absolute)) === "folder";
  if (isFolder) return { kind: "folder", path: resolved(absolute) };
  return { kind: "file", path: join(resolved(dirname(absolute)), basename(absolute)) };
}

/** Resolves links of what exists, so that two ways to a file are known as one. */
function resolved(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(resolved(parent), basename(path));
  }
}

function kindOf(path: string): Place["kind"] | undefined {
  try {
    return statSync(path).isDirectory() ? "folder" : "file";
  } catch {
    return undefined; // not there, or not to be seen
  }
}

function kindOfName(path: string): Place["kind"] {
  return extname(path) === "" ? "folder" : "file";
}
