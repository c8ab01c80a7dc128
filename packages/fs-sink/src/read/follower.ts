import { statSync } from "node:fs";
import { basename } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { type FileIdentity, identityOf } from "./file-identity.ts";
import { isInUse } from "./log-file-name.ts";
import type { LogChain, LogFile, LogFiles } from "./log-files.ts";
import { passedOver, readChain } from "./read-chain.ts";
import { type ReadLogOptions, readLogFile } from "./read-log-file.ts";
import { tryToOpen } from "./readable-file.ts";
import type { ReadItem } from "./record-cutter.ts";
import { strangeFiles } from "./strange-files.ts";
import { TailFile } from "./tail-file.ts";

/** Options of `Follower`. */
export interface FollowerOptions extends ReadLogOptions {
  /** Whether to begin with what is there, or with what is yet to come. */
  readonly from: "start" | "end";
  readonly signal: AbortSignal;
}

type Items = AsyncGenerator<ReadItem[], void, void>;

/** Knows how far each file of a log has been read, and reads on. */
export class Follower {
  readonly #options: FollowerOptions;
  /** By stem and writer. */
  readonly #tails = new Map<string, TailFile>();
  readonly #byName = new Map<string, TailFile>();
  /** Files whose place another has taken. */
  #replaced: { readonly key: string; readonly tail: TailFile; readonly at: number }[] = [];
  /** Files that were put aside, or are strange, and need no second look. */
  readonly #done = new Set<string>();
  /** Files that are held open. */
  readonly #open = new Set<TailFile>();
  readonly #scratch = Buffer.allocUnsafeSlow(SCRATCH_BYTES);
  #isFirst = true;

  constructor(options: FollowerOptions) {
    this.#options = options;
  }

  /** The file of a name, if it is being followed. */
  followed(name: string): TailFile | undefined {
    return this.#byName.get(name);
  }

  /** Reads what one file has grown by. */
  async *read(tail: TailFile): Items {
    this.#open.add(tail);
    yield* tail.read(this.#scratch);
    if (!tail.isOpen) this.#open.delete(tail);
    if (this.#open.size > MAX_OPEN) this.#letIdleGo();
  }

  /** Looks at all files, and reads what is new of each. */
  async *sweep(files: LogFiles): Items {
    const strange = files.strange.filter(({ location = "" }) => this.#isNew(location));
    if (strange.length > 0) yield strangeFiles(strange, this.#options);
    let count = 0;
    for (const chain of [...files.logs.values()].flat()) {
      if (this.#options.signal.aborted) return;
      if (++count % TURN === 0) await nextTurn();
      yield* this.#chain(chain, files);
    }
    yield* this.#leaveReplaced();
    this.#isFirst = false;
  }

  close(): void {
    for (const tail of this.#open) tail.close();
  }

  async *#chain(chain: LogChain, files: LogFiles): Items {
    const [head] = chain;
    const key = `${head?.stem}/${head?.writer}`;
    const inUse = chain.find(isInUse);
    const putAside = chain.filter((file) => !isInUse(file) && this.#isNew(`${key}/${file.stamp}`));
    const tail = this.#tails.get(key);
    const now = inUse && look(inUse.path);
    const isReplaced = tail !== undefined && now !== undefined && !tail.is(now.identity);
    if (tail !== undefined && (isReplaced || now?.size !== tail.readTo)) yield* this.read(tail);
    if (tail !== undefined && isReplaced) this.#replaced.push({ key, tail, at: performance.now() });
    for (const file of putAside) {
      const owner = this.#ownerOf(file, key);
      if (owner !== undefined) yield* this.#putAside(owner, file);
      else yield* this.#beginPutAside(key, file, files);
    }
    if (inUse !== undefined && (tail === undefined || isReplaced)) {
      yield* this.#begin(key, inUse, files);
    }
  }

  /** A file that was put aside before it was seen may have been so just now, and get more lines. */
  async *#beginPutAside(key: string, file: LogFile, files: LogFiles): Items {
    if (this.#isFirst && this.#options.from === "end") return;
    const opened = file.isPacked ? undefined : tryToOpen(file.path);
    if (opened === undefined || opened instanceof Error) {
      yield* readChain([file], files, this.#options);
      return;
    }
    const tail = await TailFile.begin(opened, "start", this.#options);
    tail.isPutAside = true;
    this.#replaced.push({ key, tail, at: performance.now() });
    yield* this.read(tail);
  }

  async *#begin(key: string, file: LogFile, files: LogFiles): Items {
    const opened = tryToOpen(file.path);
    if (opened instanceof Error) {
      const isOld = opened.code === "NOT_FOUND" || !this.#isNew(file.path);
      if (!isOld) yield passedOver(file, opened, files, this.#options);
      return;
    }
    const from = this.#isFirst ? this.#options.from : "start";
    const tail = await TailFile.begin(opened, from, this.#options);
    this.#tails.set(key, tail);
    this.#byName.set(basename(file.path), tail);
    yield* this.read(tail);
  }

  /** Which of the files that were followed is the one that was put aside under this name. */
  #ownerOf(file: LogFile, key: string): TailFile | undefined {
    const current = this.#tails.get(key);
    const replaced = this.#replaced.filter((old) => old.key === key).map(({ tail }) => tail);
    if (file.isPacked) return replaced.find((tail) => !tail.isPutAside);
    const found = look(file.path);
    return [...replaced, ...(current ? [current] : [])].find((tail) => tail.is(found?.identity));
  }

  /** Goes on with the file under its new name; it may still get a line from another writer. */
  async *#putAside(tail: TailFile, file: LogFile): Items {
    tail.isPutAside = true;
    if (!file.isPacked) {
      tail.path = file.path;
      yield* this.read(tail);
    } else if (!tail.isOpen) {
      const opened = tryToOpen(file.path);
      if (opened instanceof Error) return; // deleted, with what had not been read
      yield* readLogFile(file, opened, { ...this.#options, offset: tail.offset });
    }
  }

  async *#leaveReplaced(): Items {
    const kept = [];
    for (const old of this.#replaced) {
      yield* this.read(old.tail);
      if (performance.now() - Math.max(old.at, old.tail.lastGrowth) < GRACE_MS) {
        kept.push(old);
        continue;
      }
      const rest = old.tail.end();
      if (rest.length > 0) yield rest;
      old.tail.close();
      this.#open.delete(old.tail);
    }
    this.#replaced = kept;
  }

  /** Closes half of the files, those that have grown least lately; they are opened again when they grow. */
  #letIdleGo(): void {
    const open = [...this.#open].sort((a, b) => a.lastGrowth - b.lastGrowth);
    for (const tail of open.slice(0, MAX_OPEN / 2)) {
      tail.release();
      if (!tail.isOpen) this.#open.delete(tail);
    }
  }

  #isNew(key: string): boolean {
    if (this.#done.has(key)) return false;
    this.#done.add(key);
    return true;
  }
}

// Looking at so many files, of which none has grown, takes about 1 ms.
const TURN = 200;
const SCRATCH_BYTES = 64 * 1024;
// A writer notices before its next batch that the file was put aside, so that only one already on its
// way still goes there.
const GRACE_MS = 2_000;
// Of the 1,024 that a process may commonly have open.
const MAX_OPEN = 64;

function look(path: string): { identity: FileIdentity; size: number } | undefined {
  try {
    const stats = statSync(path, { bigint: true });
    return { identity: identityOf(stats), size: Number(stats.size) };
  } catch {
    return undefined; // not there just now
  }
}
