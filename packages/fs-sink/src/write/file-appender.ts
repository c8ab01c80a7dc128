import type { LossLedger } from "@step-log/core";
import type { FsSinkSettings } from "../fs-sink-options.ts";
import { clockMs } from "./clock.ts";
import type { Lease } from "./lease.ts";
import { countLines, type LineQueue } from "./line-queue.ts";
import { FileGone, LogFile } from "./log-file.ts";
import { pause } from "./pause.ts";
import type { Problems } from "./problems.ts";
import { RecentLines } from "./recent-lines.ts";
import { putAside, rotationIsDue, tidy } from "./rotate.ts";
import { UnsyncedLines } from "./unsynced-lines.ts";

// How often it is made sure that the path still leads to the open file.
const PATH_CHECK_MS = 50;
// Taking the lock costs some 0.1 ms: for a few lines, as when files of a folder take turns at being
// open, looking before and after each write is cheaper.
const WRITES_WITHOUT_LOCK = 4;
// While others write, one write in so many milliseconds is made with looking before and after; those
// within them are looked at with the next, or by a timer. Of longer lines, each is looked at.
const LOOK_MS = 1;
const LONG_LINE_BYTES = 4_096;

/** A write that is under way in the background. */
export interface InFlight {
  /** Bytes of the queue. */
  readonly length: number;
  /** Where the file will end. */
  readonly end: number;
}

/**
 * Gets lines into the file at a path, whichever file that is: opens it when it is needed, anew when
 * it was deleted or renamed, puts it aside when that is due.
 *
 * Lines that turn out not to stand in the file are put into the queue again.
 */
export class FileAppender {
  /** Lines that stand in the file. */
  written = 0;
  inFlight: InFlight | undefined;
  readonly #path: string;
  readonly #settings: FsSinkSettings;
  readonly #lease: Lease;
  readonly #queue: LineQueue;
  readonly #problems: Problems;
  readonly #ledger: LossLedger;
  readonly #recent = new RecentLines();
  /** Lines that were written well, but of which it could not be looked at whether they stand. */
  #unsure: { readonly lines: Buffer; readonly before: number } | undefined;
  /** Of those that stand, where they are to be synced. */
  readonly #unsynced: UnsyncedLines | undefined;
  #file: LogFile | undefined;
  #pathCheckedAt = Number.NEGATIVE_INFINITY;
  /** When it was last seen that our lines stand and that the file ends with a whole one. */
  #lookedAt = Number.NEGATIVE_INFINITY;
  /** Writes with looking before and after. */
  #writes = 0;
  #syncing: Promise<void> | undefined;
  /** Of a file that was let go of. */
  #syncFailure: unknown;

  constructor(
    path: string,
    settings: FsSinkSettings,
    lease: Lease,
    queue: LineQueue,
    problems: Problems,
    ledger: LossLedger,
  ) {
    this.#path = path;
    this.#settings = settings;
    this.#lease = lease;
    this.#queue = queue;
    this.#problems = problems;
    this.#ledger = ledger;
    this.#unsynced = settings.durability === "fsync" ? new UnsyncedLines() : undefined;
  }

  get isOpen(): boolean {
    return this.#file !== undefined;
  }

  /** Whether there are lines of which it is not known yet whether they stand. */
  get isUnsure(): boolean {
    return !this.#recent.isEmpty || this.#unsure !== undefined;
  }

  /** How many lines these are. */
  get unsure(): number {
    return this.#recent.count + countLines(this.#unsure?.lines ?? NOTHING);
  }

  /**
   * The fast way, one system call, open while nobody else writes, and for a moment after a look.
   *
   * @returns Whether it was open; if not, the line is for the queue. Throws errors of the file system.
   */
  appendBlindly(line: Uint8Array, now: number): boolean {
    if (!this.#recent.fits(line)) this.check(now);
    const file = this.#file;
    if (file === undefined || !this.#recent.fits(line)) return false;
    if (this.#unsure !== undefined) return false;
    if (!this.#mayLookLater(line, now)) {
      this.confirm(); // what does not stand goes into the queue before this line does
      return false;
    }
    if (!this.#recent.append(line, file)) return false;
    this.written++;
    this.#unsynced?.add(line);
    this.#rotateIfDue(file);
    return true;
  }

  /**
   * Appends the first lines of the queue, up to `maxBytes`.
   *
   * @throws Errors of the file system; what was appended until then is out of the queue.
   */
  append(maxBytes: number): void {
    const { from } = this.#queue;
    const length = this.#queue.batchEnd(maxBytes) - from;
    for (let left = length; left > 0; ) {
      this.look();
      const file = this.#opened();
      const { bytes, from } = this.#queue;
      const { size } = file;
      const now = clockMs();
      this.#lease.announce(now);
      const done = this.#survivingDeletion(() => {
        const done = file.append(bytes, from, from + left);
        if (this.#landed(file, bytes, from, done)) this.#lookedAt = now;
        return done;
      });
      if (done === undefined) continue;
      left -= done - from;
      // A short write is followed by one that says why.
      if (left > 0 && file.size === size) throw new Error("the file took nothing");
    }
  }

  /** `append` without blocking, for a disk that stalls; a short write ends it. */
  async appendAside(maxBytes: number): Promise<void> {
    this.look();
    const { bytes, from } = this.#queue;
    const to = this.#queue.batchEnd(maxBytes);
    const file = this.#opened();
    this.inFlight = { length: to - from, end: file.size + (to - from) };
    this.#queue.pinned = true;
    try {
      const done = await file.appendAsync(bytes, from, to);
      // The queue may lie in another buffer by now, but begins with the same lines.
      this.#landed(file, bytes, from, done);
    } catch (error) {
      this.#survivingDeletion(() => {
        throw error;
      });
    } finally {
      this.#queue.pinned = false;
      this.inFlight = undefined;
    }
  }

  /** Opens the file, if it is not open. Throws errors of the file system. */
  open(): void {
    this.#opened();
  }

  /** What the fast way leaves out: do the lines stand, are we alone, is the file still in place. */
  check(now: number): void {
    this.confirm();
    this.#lease.check(now);
    if (this.#file !== undefined) this.#checkPath(this.#file, now);
    if (this.#file !== undefined && this.#writes > WRITES_WITHOUT_LOCK) this.#lease.want();
  }

  /** Makes sure that lines written without looking stand in the file. */
  confirm(): void {
    try {
      this.look();
    } catch {
      // A look that fails says nothing against writes that went well; the next one will tell.
    }
  }

  /** `confirm`, but throws errors of the file system, when it cannot be told what stands there. */
  look(): void {
    const file = this.#file;
    if (file === undefined || !this.isUnsure) return;
    this.#survivingDeletion(() => {
      for (const line of this.#recent.takeMissing(file)) this.#takeUp(line);
      if (this.#unsure !== undefined) {
        const { lines, before } = this.#unsure;
        const again = missingLines(file, lines, 0, lines.length, before);
        this.#unsure = undefined;
        for (const line of again) this.#takeUp(line);
      }
    });
  }

  /** Whether there are lines that are to be synced, or that could not be. */
  get needsSync(): boolean {
    return this.#syncFailure !== undefined || this.#unsynced?.isEmpty === false;
  }

  /** This line will not be counted among those that a sync can lose. */
  leaveOut(line: string): void {
    this.#unsynced?.leaveOut(line);
  }

  /** Syncs what stands in the file; several at a time share one call. Throws errors of the file system. */
  async sync(): Promise<void> {
    await this.#syncing;
    this.#throwSyncFailure();
    const file = this.#file;
    if (file === undefined || !this.needsSync) return;
    this.#syncing ??= this.#syncOf(file).finally(() => {
      this.#syncing = undefined;
    });
    return this.#syncing;
  }

  /** Waits for a write that is under way, at exit. */
  awaitInFlight(maxMs: number): void {
    const { inFlight } = this;
    if (inFlight === undefined) return;
    const until = clockMs() + maxMs;
    while (clockMs() < until) {
      if (this.#file !== undefined && this.#file.currentSize() >= inFlight.end) {
        this.written += this.#queue.take(inFlight.length);
        break;
      }
      pause(1);
    }
    this.inFlight = undefined;
  }

  /** Lets go of the file; the next line opens it again. */
  close(): void {
    this.confirm();
    this.#recent.takeAll(); // written well, and more could not be found out
    this.#unsure = undefined;
    if (this.#file === undefined) return;
    if (this.#unsynced?.isEmpty === false) this.#syncNow(this.#file);
    this.#file.close();
    this.#file = undefined;
  }

  async #syncOf(file: LogFile): Promise<void> {
    this.#unsynced?.begin();
    try {
      await file.sync();
      this.#unsynced?.done();
    } catch (error) {
      if (this.#file !== file) return; // it was let go of meanwhile, and synced before that
      this.#giveUpUnsynced(error);
      this.close();
      throw error;
    }
  }

  /** Before a file is let go of: the next sync would be of another. That sync tells what failed here. */
  #syncNow(file: LogFile): void {
    try {
      file.syncNow();
      this.#unsynced?.take();
    } catch (error) {
      this.#giveUpUnsynced(error);
      this.#syncFailure = error;
    }
  }

  /** The kernel may have dropped what it could not sync, and would say yes the next time. */
  #giveUpUnsynced(cause: unknown): void {
    let lost = 0;
    for (const run of this.#unsynced?.take() ?? []) {
      this.#ledger.addMany(run, "sync failed");
      lost += run.count;
    }
    this.written -= lost;
    const message = `${this.#path} could not be synced; the last ${lost} records may be gone`;
    this.#problems.tell("SYNC_FAILED", message, { cause, lost });
  }

  #throwSyncFailure(): void {
    const failure = this.#syncFailure;
    this.#syncFailure = undefined;
    if (failure !== undefined) throw failure;
  }

  #mayLookLater(line: Uint8Array, now: number): boolean {
    if (this.#lease.alone) return true;
    return now - this.#lookedAt < LOOK_MS && line.length <= LONG_LINE_BYTES;
  }

  #opened(): LogFile {
    const now = clockMs();
    if (this.#file !== undefined) this.#checkPath(this.#file, now);
    if (this.#file === undefined) {
      const { mode, durability } = this.#settings;
      this.#file = new LogFile(this.#path, mode, durability === "fsync");
      this.#pathCheckedAt = now;
    }
    return this.#file;
  }

  #checkPath(file: LogFile, now: number): void {
    if (now - this.#pathCheckedAt < PATH_CHECK_MS) return;
    this.#pathCheckedAt = now;
    if (!file.isCurrent()) this.close();
  }

  /** Books what was written, after a look at it; says whether all of it stands. */
  #landed(file: LogFile, bytes: Buffer, from: number, done: number): boolean {
    let again: Buffer[] = [];
    try {
      again = missingLines(file, bytes, from, done, file.appendedAt);
    } catch (error) {
      if (error instanceof FileGone) throw error;
      const lines = Buffer.from(bytes.subarray(from, done));
      this.#unsure = { lines, before: file.appendedAt };
    }
    const lines = this.#queue.take(done - from);
    this.written += lines;
    this.#unsynced?.add(bytes.subarray(from, done));
    for (const line of again) this.#takeUp(line);
    if (++this.#writes > WRITES_WITHOUT_LOCK) this.#lease.want();
    this.#rotateIfDue(file);
    return again.length === 0 && this.#unsure === undefined;
  }

  /** Puts lines that were thought written into the queue again. */
  #takeUp(lines: Buffer): void {
    const before = this.#queue.count;
    this.#queue.pushAll(lines);
    this.written -= this.#queue.count - before;
    this.#unsynced?.remove(lines);
  }

  /** What `write` gives; nothing, if the file was deleted, so that the next try makes a new one. */
  #survivingDeletion<T>(write: () => T): T | undefined {
    try {
      return write();
    } catch (error) {
      if (!(error instanceof FileGone)) throw error;
      this.#forget(error);
      return undefined;
    }
  }

  /** Lets go of a file of which nothing more is to be had. */
  #forget(cause: unknown): void {
    if (!this.#recent.isEmpty) this.#takeUp(this.#recent.takeAll());
    if (this.#unsure !== undefined) this.#takeUp(this.#unsure.lines);
    this.#unsure = undefined;
    this.#file?.close();
    this.#file = undefined;
    if (!(cause instanceof FileGone)) return;
    this.#problems.tell("FILE_CHANGED", `${this.#path} was deleted; it is made anew`, { cause });
  }

  #rotateIfDue(file: LogFile): void {
    const { rotate } = this.#settings;
    if (rotate === undefined || !rotationIsDue(rotate, file.size, file.bornAtMs)) return;
    if (!this.#lease.held) {
      this.#lease.want();
      return;
    }
    const notDone = (cause: unknown) =>
      this.#problems.tell("WRITE_FAILED", `${this.#path} could not be put aside`, { cause });
    try {
      // Another may have been faster.
      if (file.isCurrent()) {
        this.confirm();
        putAside(this.#path);
        void tidy(this.#path, rotate).catch(notDone);
      }
      this.close();
    } catch (cause) {
      notDone(cause);
    }
  }
}

const NOTHING = Buffer.alloc(0);

function missingLines(file: LogFile, bytes: Buffer, from: number, to: number, before: number) {
  return file
    .missing(bytes, from, to, before)
    .map((span) => Buffer.from(bytes.subarray(span.from, span.to)));
}
