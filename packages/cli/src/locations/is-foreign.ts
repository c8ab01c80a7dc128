import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { createGunzip } from "node:zlib";

// A `run_start` with a long `metadata` may be longer; its first keys are what is looked at.
const HEAD_BYTES = 4096;
// Of a folder, that all of its first files are damaged is not to be expected.
const MAX_FILES = 20;

/**
 * Tells whether a file, or a folder, holds logs of other tools and none of step-log's: by the first bytes,
 * whatever the names are.
 */
export async function isForeign(path: string): Promise<boolean> {
  const about = await stat(path).catch(() => undefined);
  if (about?.isFile()) return (await kindOf(path)) === "foreign";
  if (!about?.isDirectory()) return false;
  const found = await readdir(path, { withFileTypes: true }).catch(() => []);
  // What is hidden keeps the books of our own folders, or is of the system.
  const entries = found.filter(({ name }) => !name.startsWith("."));
  const logs = entries
    .filter((it) => it.isFile() && /\.jsonl(?:\.gz)?$/.test(it.name))
    .slice(0, MAX_FILES);
  const kinds = await Promise.all(logs.map(({ name }) => kindOf(join(path, name))));
  if (kinds.includes("own")) return false;
  return kinds.includes("foreign") || (logs.length === 0 && entries.length > 0);
}

/** `empty` is a log that nothing was written to yet, and ours as well as any other's. */
async function kindOf(path: string): Promise<"own" | "foreign" | "empty"> {
  const head = await headOf(path);
  if (head.trim() === "") return "empty";
  return head.split("\n").some(isOwnLine) ? "own" : "foreign";
}

/** A damaged line may stand before the first whole one. */
function isOwnLine(line: string): boolean {
  return /^\s*\{/.test(line) && /"run_id"\s*:\s*"/.test(line) && /"step"\s*:\s*\d/.test(line);
}

async function headOf(path: string): Promise<string> {
  const file = createReadStream(path, { end: HEAD_BYTES - 1 });
  const bytes = path.endsWith(".gz") ? file.pipe(createGunzip()) : file;
  file.on("error", (error) => bytes.destroy(error));
  let head = "";
  try {
    for await (const piece of bytes) head += String(piece);
  } catch {
    // Cut off, since it was meant to be; or not to be read, which the reading will say.
  }
  return head;
}
