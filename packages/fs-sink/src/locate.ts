import { realpathSync, statSync } from "node:fs";
import { basename, dirname, extname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { StepLogError } from "@step-log/core";

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
 * @throws StepLogError `UNKNOWN_SCHEME` for URLs of another scheme, `BAD_LOCATION` for no location.
 */
export function locate(location: string | URL): Place {
  const text = String(location);
  // A single letter is a drive of Windows.
  const scheme = /^([a-z][a-z\d+.-]+):/i.exec(text)?.[1]?.toLowerCase();
  if (scheme !== undefined && scheme !== "file") {
    const message = `fs: ${text} is no path; openSink and openSource open other schemes`;
    throw new StepLogError("UNKNOWN_SCHEME", message, { details: { scheme } });
  }
  if (text === "")
    throw new StepLogError("BAD_LOCATION", "fs: a path is needed, got an empty text");
  const path = scheme === "file" ? fileURLToPath(text) : text;
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
