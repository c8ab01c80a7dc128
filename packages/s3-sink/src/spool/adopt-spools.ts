import { basename, join } from "node:path";
import { nodeFsPromises } from "../lazy-builtins.ts";
import { parsePartKey, partKey, runSlug } from "../part-key.ts";
import type { SealedLines } from "../write/part.ts";
import { LOCK, type Spool } from "./spool.ts";
import { SpoolFile } from "./spool-file.ts";
import { parseHeader, type SpoolHeader, sealedName } from "./spool-names.ts";
import { isDead, type SpoolOwner } from "./spool-owner.ts";

/** What was found of a part whose process has died. */
export interface AdoptedPart {
  readonly lines: SealedLines;
  readonly file: SpoolFile;
  /** Bytes at its end that were no whole line, and are gone. */
  readonly tornBytes: number;
}

const NEWLINE = 10;
const FOLDER = /^[0-9a-f]{16}$/;
const CLAIMED = /\.claimed$/;

/**
 * Takes over what dead processes have left behind for this place, part by part. A folder is renamed into
 * the sink's own first, which only one can do; when that one dies too, the next finds it there.
 */
export async function* adoptSpools(spool: Spool): AsyncGenerator<AdoptedPart> {
  for (const name of await namesIn(spool.root)) {
    const folder = join(spool.root, name);
    if (!FOLDER.test(name) || folder === spool.folder || !(await isAbandoned(folder))) continue;
    spool.make();
    const claimed = join(spool.folder, `${name}.claimed`);
    try {
      await nodeFsPromises().rename(folder, claimed);
    } catch {
      continue; // another was faster
    }
    yield* adoptFolder(spool, claimed);
  }
}

async function* adoptFolder(spool: Spool, folder: string): AsyncGenerator<AdoptedPart> {
  for (const name of await namesIn(folder)) {
    const path = join(folder, name);
    if (CLAIMED.test(name)) yield* adoptFolder(spool, path);
    else if (/\.(?:open|sealed)$/.test(name)) {
      const part = await adoptFile(spool, path).catch((error) => void spool.failed(error));
      if (part !== undefined) yield part;
    } else if (name === "bad") await moveAll(path, join(spool.folder, "bad"));
  }
  // What nobody knows what to do with stays.
  await nodeFsPromises().rm(join(folder, LOCK), { force: true });
  await nodeFsPromises()
    .rmdir(folder)
    .catch(() => {});
}

/** Reads a file of a dead process, cuts off what is torn, and gives it the name of its part. */
async function adoptFile(spool: Spool, path: string): Promise<AdoptedPart | undefined> {
  const bytes = await nodeFsPromises().readFile(path);
  const headerBytes = bytes.indexOf(NEWLINE) + 1;
  const header = headerBytes === 0 ? undefined : parseHeader(bytes.subarray(0, headerBytes));
  const end = bytes.lastIndexOf(NEWLINE) + 1;
  if (header === undefined || end === headerBytes) {
    // Killed before its first whole line; one of a version to come is put aside.
    if (header === undefined && headerBytes > 0) await moveTo(path, join(spool.folder, "bad"));
    else await nodeFsPromises().rm(path);
    return undefined;
  }
  const lines = linesOf(header, bytes.subarray(headerBytes, end), path);
  if (end < bytes.length) await nodeFsPromises().truncate(path, end);
  const file = new SpoolFile(spool, path, { size: end, headerBytes });
  file.moveTo(join(spool.folder, sealedName(partKey("", lines))));
  spool.grew(end);
  return { lines, file, tornBytes: bytes.length - end };
}

function linesOf(header: SpoolHeader, bytes: Buffer, path: string): SealedLines {
  const { run_id: runId, day, writer, seq, compression } = header;
  const common = { runId, slug: runSlug(runId), day, writer, seq, compression, size: bytes.length };
  const known = parsePartKey(`dt=${day}/${basename(path).replace(/\.sealed$/, "")}`);
  const { count, first, last } = survey(bytes);
  // A sealed part may have been stored under its name already.
  return { ...common, count, first: known?.first ?? first, last: known?.last ?? last };
}

/** Counts lines, and finds their lowest and highest steps. */
function survey(bytes: Buffer): { count: number; first: number; last: number } {
  let count = 0;
  let first = Number.MAX_SAFE_INTEGER;
  let last = 0;
  let from = 0;
  for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, from)) {
    const step = stepOf(bytes.subarray(from, at));
    count++;
    first = Math.min(first, step ?? first);
    last = Math.max(last, step ?? 0);
    from = at + 1;
  }
  return { count, first: Math.min(first, last), last };
}

function stepOf(line: Buffer): number | undefined {
  try {
    const { step } = JSON.parse(line.toString()) as { step: unknown };
    return Number.isSafeInteger(step) && (step as number) >= 0 ? (step as number) : undefined;
  } catch {
    return undefined; // readers count it as a bad line
  }
}

/** Moves what was put aside to what the sink has put aside itself. */
async function moveAll(from: string, to: string): Promise<void> {
  for (const name of await namesIn(from)) await moveTo(join(from, name), to);
  await nodeFsPromises()
    .rmdir(from)
    .catch(() => {});
}

async function moveTo(path: string, folder: string): Promise<void> {
  await nodeFsPromises().mkdir(folder, { recursive: true, mode: 0o700 });
  await nodeFsPromises().rename(path, join(folder, basename(path)));
}

/** Whether the owner of a folder is dead; not where the folder cannot be looked at, or is gone. */
async function isAbandoned(folder: string): Promise<boolean> {
  try {
    const owner = await ownerOf(folder);
    const times = await Promise.all(
      [".", ...(await namesIn(folder))].map(
        async (name) => (await nodeFsPromises().stat(join(folder, name))).mtimeMs,
      ),
    );
    return isDead(owner, Date.now() - Math.max(...times));
  } catch {
    return false;
  }
}

/** Nothing where that is not told: the power failed, or the folder was about to be removed. */
async function ownerOf(folder: string): Promise<SpoolOwner | undefined> {
  try {
    return JSON.parse(await nodeFsPromises().readFile(join(folder, LOCK), "utf8")) as SpoolOwner;
  } catch {
    return undefined;
  }
}

async function namesIn(folder: string): Promise<string[]> {
  return (
    await nodeFsPromises()
      .readdir(folder)
      .catch(() => [])
  ).sort();
}
