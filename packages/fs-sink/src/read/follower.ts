import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { type FileIdentity, identityOf } from "./file-identity.ts";
import { isInUse, type LogChain, type LogFile, type LogFiles } from "./log-files.ts";
import { openForReading } from "./open-for-reading.ts";
import { passedOver, readChain, stepLogErrorOnly } from "./read-chain.ts";
import { type ReadLogOptions, readLogFile } from "./read-log-file.ts";
import type { ReadItem } from "./record-cutter.ts";
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
  #replaced: { readonly key: string; readonly tail: TailFile }[] = [];
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
    if (this.#open.size > MAX_OPEN) await this.#letIdleGo();
  }

  /** Looks at all files, and reads what is new of each. */
  async *sweep(files: LogFiles): Items {
    for (const damage of files.strange) {
      if (this.#isNew(damage.location ?? "")) yield [damage];
    }
    for (const chains of files.logs.values()) {
      for (const chain of chains) {
        if (this.#options.signal.aborted) return;
        yield* this.#chain(chain, files);
      }
    }
    yield* this.#leaveReplaced();
    this.#isFirst = false;
  }

  async close(): Promise<void> {
    for (const tail of this.#open) await tail.close();
  }

  async *#chain(chain: LogChain, files: LogFiles): Items {
    const [head] = chain;
    const key = `${head?.stem}/${head?.writer}`;
    const inUse = chain.find(isInUse);
    const putAside = chain.filter((file) => !isInUse(file) && this.#isNew(`${key}/${file.stamp}`));
    const tail = this.#tails.get(key);
    const now = inUse && (await look(inUse.path));
    const isReplaced = tail !== undefined && now !== undefined && !tail.is(now.identity);
    if (tail !== undefined && (isReplaced || now?.size !== tail.readTo)) yield* this.read(tail);
    if (tail !== undefined && isReplaced) this.#replaced.push({ key, tail });
    for (const file of putAside) {
      const owner = await this.#ownerOf(file, key);
      if (owner !== undefined) yield* this.#putAside(owner, file);
      else if (!this.#isFirst || this.#options.from === "start") {
        yield* readChain([file], files, this.#options);
      }
    }
    if (inUse !== undefined && (tail === undefined || isReplaced)) {
      yield* this.#begin(key, inUse, files);
    }
  }

  async *#begin(key: string, file: LogFile, files: LogFiles): Items {
    const from = this.#isFirst ? this.#options.from : "start";
    const tail = await TailFile.open(file.path, from, this.#options).catch(stepLogErrorOnly);
    if (tail instanceof Error) {
      const isOld = tail.code === "NOT_FOUND" || !this.#isNew(file.path);
      if (!isOld) yield passedOver(file, tail, files, this.#options);
      return;
    }
    this.#tails.set(key, tail);
    this.#byName.set(basename(file.path), tail);
    yield* this.read(tail);
  }

  /** Which of the files that were followed is the one that was put aside under this name. */
  async #ownerOf(file: LogFile, key: string): Promise<TailFile | undefined> {
    const current = this.#tails.get(key);
    const replaced = this.#replaced.filter((old) => old.key === key).map(({ tail }) => tail);
    if (file.isPacked) return replaced.find((tail) => !tail.isPutAside);
    const found = await look(file.path);
    return [...replaced, ...(current ? [current] : [])].find((tail) => tail.is(found?.identity));
  }

  /** Goes on with the file under its new name; it may still get a line from another writer. */
  async *#putAside(tail: TailFile, file: LogFile): Items {
    tail.isPutAside = true;
    if (!file.isPacked) {
      tail.path = file.path;
      yield* this.read(tail);
    } else if (!tail.isOpen) {
      const opened = await openForReading(file.path);
      yield* readLogFile(file, opened, { ...this.#options, offset: tail.offset });
    }
  }

  async *#leaveReplaced(): Items {
    const kept = [];
    for (const old of this.#replaced) {
      yield* this.read(old.tail);
      if (performance.now() - old.tail.lastGrowth < GRACE_MS) {
        kept.push(old);
        continue;
      }
      const rest = old.tail.end();
      if (rest.length > 0) yield rest;
      await old.tail.close();
      this.#open.delete(old.tail);
    }
    this.#replaced = kept;
  }

  /** Closes half of the files, those that have grown least lately; they are opened again when they grow. */
  async #letIdleGo(): Promise<void> {
    const open = [...this.#open].sort((a, b) => a.lastGrowth - b.lastGrowth);
    for (const tail of open.slice(0, MAX_OPEN / 2)) {
      await tail.release();
      if (!tail.isOpen) this.#open.delete(tail);
    }
  }

  #isNew(key: string): boolean {
    if (this.#done.has(key)) return false;
    this.#done.add(key);
    return true;
  }
}

const SCRATCH_BYTES = 64 * 1024;
// A writer notices before its next batch that the file was put aside, so that only one already on its
// way still goes there.
const GRACE_MS = 2_000;
// Of the 1,024 that a process may commonly have open.
const MAX_OPEN = 64;

async function look(path: string): Promise<{ identity: FileIdentity; size: number } | undefined> {
  const stats = await stat(path, { bigint: true }).catch(() => undefined);
  return stats && { identity: identityOf(stats), size: Number(stats.size) };
}
