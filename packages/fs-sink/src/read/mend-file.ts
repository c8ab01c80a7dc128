import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import type { Damage } from "./damage.ts";
import { DEFAULT_LIMITS } from "./default-limits.ts";
import { identityOf, isSameFile } from "./file-identity.ts";
import type { LogFile } from "./log-files.ts";
import { readLogFile } from "./read-log-file.ts";
import { ReadableFile } from "./readable-file.ts";
import { standsElsewhere } from "./stands-elsewhere.ts";
import { TornCopies } from "./torn-copies.ts";

/** What was done about one place, or why nothing was. */
export interface RepairedPlace {
  readonly location: string;
  /** In bytes from the start of the file. */
  readonly offset: number;
  readonly bytes: number;
  /**
   * - `closed`: the end of a last line was added, one byte.
   * - `blanked`: overwritten with spaces, having been copied to `<file>.torn`; zero bytes are not copied.
   * - `left`: as it was, for the reason given.
   */
  readonly action: "closed" | "blanked" | "left";
  /** What was wrong, or why it is still so. */
  readonly reason: string;
}

/** Hears of each place; `hasRecord` when a whole record can be read there now. */
export type TellPlace = (place: RepairedPlace, hasRecord?: boolean) => void;

/** Options of `mendFile`. */
export interface MendOptions {
  readonly signal: AbortSignal | undefined;
  /** Tells what would be done, and changes nothing. */
  readonly dryRun: boolean;
}

/**
 * Repairs one file; nobody else may do so at the same time.
 *
 * @throws StepLogError `NOT_FOUND`, `UNSAFE_FILE`, `READ_FAILED`; the signal's reason
 */
export async function mendFile(
  file: LogFile,
  tell: TellPlace,
  { signal, dryRun }: MendOptions,
): Promise<void> {
  const { path } = file;
  await closeTail(path, tell, dryRun);
  const opened = new ReadableFile(path);
  const original = await changeable(opened);
  const blank = dryRun ? tellBlanks : blankAll;
  const copies = new TornCopies(path);
  try {
    for await (const items of readLogFile(file, opened, { ...SALVAGE, signal })) {
      const damages = items.filter((item) => item.type === "bad_line") as Damage[];
      if (typeof original !== "string") await blank(original, path, damages, copies, tell);
      else for (const damage of damages) tell(left(path, damage, original));
    }
    if (typeof original !== "string" && !dryRun) await original.datasync();
  } finally {
    await copies.close();
    if (typeof original !== "string") await original.close();
  }
}

const { O_RDWR, O_WRONLY, O_APPEND, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;
const SAFE = O_NOFOLLOW | O_NONBLOCK;
const SALVAGE = { mode: "salvage", ...DEFAULT_LIMITS } as const;
const [NEWLINE, CR, SPACE] = [10, 13, 32];
const MARK_BYTES = 3; // a byte order mark in front of the first line
const BLANK = Buffer.alloc(64 * 1024, SPACE);

/** Opens the same file to write anywhere in it; why not, where that cannot be, as with `chattr +a`. */
async function changeable(file: ReadableFile): Promise<FileHandle | string> {
  const handle = await open(file.path, O_RDWR | SAFE).catch(why);
  if (typeof handle === "string") return `cannot be changed (${handle})`;
  if (isSameFile(file.identity, identityOf(await handle.stat({ bigint: true })))) return handle;
  await handle.close();
  return "put aside just now";
}

/** Appends the `\n` that is missing. When a writer does so meanwhile, that is a blank line. */
async function closeTail(path: string, tell: TellPlace, dryRun: boolean): Promise<void> {
  const file = new ReadableFile(path);
  const { size } = file;
  const last = Buffer.of(NEWLINE);
  if (size > 0) await file.read(last, size - 1);
  file.close();
  if (last[0] === NEWLINE) return;
  const place = { location: path, offset: size, bytes: 1 };
  if (dryRun) return tell({ ...place, action: "closed", reason: "the last line has no end" });
  try {
    const end = await open(path, O_WRONLY | O_APPEND | SAFE);
    try {
      await end.write("\n");
      await end.datasync();
    } finally {
      await end.close();
    }
    tell({ ...place, action: "closed", reason: "the last line had no end" });
  } catch (error) {
    tell({ ...place, action: "left", reason: `the last line has no end (${why(error)})` });
  }
}

/** Tells which bad lines would be blanked. */
async function tellBlanks(
  original: FileHandle,
  path: string,
  damages: readonly Damage[],
  _: TornCopies,
  tell: TellPlace,
): Promise<void> {
  const { size } = await original.stat();
  for (const found of damages) {
    // The end that it has not would have been added before.
    const isLast = found.offset + found.bytes === size;
    const reason = await whyNot(original, found, isLast);
    if (reason !== undefined) {
      tell(left(path, found, reason));
      continue;
    }
    const damage = await withoutSecond(original, found);
    const place = { location: path, offset: damage.offset, bytes: lengthOf(damage) };
    tell({ ...place, action: "blanked", reason: damage.reason }, damage.recordAt !== undefined);
  }
}

/** Blanks bad lines, once all of them are copied. */
async function blankAll(
  original: FileHandle,
  path: string,
  damages: readonly Damage[],
  copies: TornCopies,
  tell: TellPlace,
): Promise<void> {
  const copied: Damage[] = [];
  for (const found of damages) {
    const reason = await whyNot(original, found);
    if (reason !== undefined) {
      tell(left(path, found, reason));
      continue;
    }
    const damage = await withoutSecond(original, found);
    try {
      const isNul = damage.nulBytes === lengthOf(damage);
      if (!isNul) await copies.add(original, damage.offset, lengthOf(damage));
      copied.push(damage);
    } catch (error) {
      tell(left(path, damage, `could not be copied (${why(error)})`));
    }
  }
  await copies.sync();
  for (const damage of copied) {
    const { offset, reason, recordAt } = damage;
    const bytes = lengthOf(damage);
    try {
      for (let done = 0; done < bytes; ) {
        const length = Math.min(BLANK.length, bytes - done);
        done += (await original.write(BLANK, 0, length, offset + done)).bytesWritten;
      }
      tell({ location: path, offset, bytes, action: "blanked", reason }, recordAt !== undefined);
    } catch (error) {
      tell(left(path, damage, `could not be overwritten (${why(error)})`));
    }
  }
}

/** Why bytes are not to be overwritten; `undefined` when they may. */
async function whyNot(
  original: FileHandle,
  damage: Damage,
  isClosed = false,
): Promise<string | undefined> {
  if (damage.damage === "unreadable") return damage.reason;
  // Blank only what is known to be bad.
  if (damage.damage === "too_long") return `${damage.reason}, and so not looked into`;
  if (damage.damage === "joined") return "two records on one line, with no room for a line end";
  const stats = await original.stat();
  // 512 bytes, whatever the file system's blocks are: `stat(2)`.
  const isSparse = stats.blocks * 512 < stats.size;
  if (isSparse && damage.nulBytes > 0) return "a hole in the file; filling it would take space";
  const { offset, bytes, recordAt } = damage;
  const before = await byteAt(original, offset - 1);
  const after = await byteAt(original, offset + bytes);
  const begins = before === NEWLINE || offset === 0 || offset === MARK_BYTES;
  if (begins && (isClosed || after === NEWLINE || after === CR)) return undefined;
  if (begins && recordAt !== undefined && offset + bytes === stats.size) return undefined;
  return "still being written, or changed by somebody else";
}

/** A record that stands elsewhere too goes with what it is glued to, or it would be there twice. */
async function withoutSecond(original: FileHandle, damage: Damage): Promise<Damage> {
  const { offset, bytes, recordAt, reason, ...rest } = damage;
  if (recordAt === undefined) return damage;
  if (!(await standsElsewhere(original, offset + recordAt, bytes - recordAt))) return damage;
  return { ...rest, offset, bytes, reason: `${reason}; its record stands elsewhere too` };
}

/** How much of it goes: of a line with a whole record in it, what stands before that. */
function lengthOf({ bytes, recordAt }: Damage): number {
  return recordAt ?? bytes;
}

function left(location: string, { offset, bytes }: Damage, reason: string): RepairedPlace {
  return { location, offset, bytes, action: "left", reason };
}

async function byteAt(handle: FileHandle, offset: number): Promise<number | undefined> {
  if (offset < 0) return undefined;
  const { bytesRead, buffer } = await handle.read(Buffer.alloc(1), 0, 1, offset);
  return bytesRead === 1 ? buffer[0] : undefined;
}

function why(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code ?? message;
}
