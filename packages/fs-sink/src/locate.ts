import { realpathSync, statSync } from "node:fs";
import { basename, dirname, extname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** What a location means: one file for all runs, or a folder with a file a run. */
export interface Place {
  readonly kind: "file" | "folder";
  /** Absolute, with links resolved as far as it exists. */
  readonly path: string;
}

/**
 * Reads a path or `file:` URL. A folder is what exists as one, ends in `/`, or has no ending such as
 * `.jsonl`.
 */
export function locate(location: string | URL): Place {
  const text = String(location);
  const path = text.startsWith("file:") ? fileURLToPath(text) : text;
  const absolute = resolved(resolve(path));
  const isFolder = /[\\/]$/.test(path) || isDirectory(absolute) || extname(basename(path)) === "";
  return { kind: isFolder ? "folder" : "file", path: absolute };
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

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
