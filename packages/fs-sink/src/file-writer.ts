import { setImmediate as nextTurn } from "node:timers/promises";
import { type Entry, type LossLedger, lossLedger, StepLogError } from "@step-log/core";
import { onExit } from "./exit-drain.ts";
import type { FsSinkSettings } from "./fs-sink-options.ts";
import { Lease } from "./lease.ts";
import { LineQueue } from "./line-queue.ts";
import { FileGone, LogFile } from "./log-file.ts";
import type { Span } from "./missing-lines.ts";
import { codeOf } from "./open-log-file.ts";
import { putAside, tidy } from "./rotate.ts";

// Lines written blindly are kept until it is known that they stand; as much as a pipe holds.
const RECENT_BYTES = 65_536;
// "buffered" hands over after so long, or as soon as so much waits.
const BATCH_MS = 10;
const BATCH_BYTES = 65_536;
// So much waits without the event loop having come round: it is written where it is.
const FLOOD_BYTES = 1024 * 1024;
// One write of this size takes below 1 ms; the event loop gets its turn after it.
const MAX_WRITE_BYTES = 256 * 1024;
// A write that took longer says that the disk stalls; from then on nobody waits for it.
const STALL_MS = 50;
// How often it is made sure that the path still leads to the open file.
const PATH_CHECK_MS = 50;
const TEND_MS = 25;
const RETRY_MS = { least: 20, most: 1_000 };
// At exit, for a write that is under way.
const EXIT_WAIT_MS = 500;

/** Writes the lines of one file: at once where it can, out of a queue where it cannot. */
export class FileWriter {
  readonly path: string;
  readonly ledger: LossLedger = lossLedger();
  readonly #settings: FsSinkSettings;
  readonly #tell: (error: StepLogError) => void;
  readonly #lease: Lease;
  readonly #queue = new LineQueue();
  readonly #recent: Buffer = Buffer.allocUnsafe(RECENT_BYTES);
  readonly #stopExit: () => void;
  #recentTo = 0;
  #recentBefore = 0;
  #file: LogFile | undefined;
  #written = 0;
  #unsynced = 0;
  #syncing: Promise<void> | undefined;
  #pathCheckedAt = 0;
  #failure: unknown;
  #failures = 0;
  #triedAt = 0;
  #told = new Set<string>();
  #stalled = false;
  #inFlight: { readonly length: number; readonly end: number } | undefined;
  #wantsLock = false;
  #pass: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #tending: NodeJS.Timeout | undefined;

  constructor(path: string, settings: FsSinkSettings, tell: (error: StepLogError) => void) {
    this.path = path;
    this.#settings = settings;
    this.#tell = tell;
    this.#lease = new Lease(path, tell);
    this.#stopExit = onExit(this);
  }

  get written(): number {
    return this.#written;
  }

  get pending(): number {
    return this.#queue.count;
  }

  get pendingBytes(): number {
    return this.#queue.size;
  }

  /** Takes one entry; `buffered` ones wait for a batch. Never throws. */
  write(entry: Entry, buffered: boolean): void {
    if (!buffered && this.#queue.count === 0 && !this.#stalled) {
      const now = performance.now();
      if (this.#lease.isDue(now)) this.#check(now);
      if (this.#lease.alone && this.#writeBlindly(entry.line, now)) return;
    }
    if (this.#queue.size + entry.line.length > this.#settings.maxQueueBytes) {
      return this.#drop(entry);
    }
    this.#queue.push(entry.line);
    if (buffered) this.#enqueued();
    else this.#writeQueued();
  }

  /** Resolves when what was taken before stands in the file, and is synced if so set. */
  async flush(): Promise<void> {
    const target = this.#written + this.#queue.count;
    while (this.#queue.count > 0 && this.#written < target) {
      await this.#drain(true);
      if (this.#failure !== undefined) throw this.#notWritten();
    }
    this.#confirmRecent();
    if (this.#queue.count > 0 && !this.#writeBatches()) throw this.#notWritten();
    if (this.#settings.durability === "fsync") await this.#sync();
  }

  /** Flushes and lets go of file and lock. */
  async close(): Promise<void> {
    await this.flush();
    this.park();
  }

  /** Lets go of file and lock at once, unless something waits to be written. */
  park(): void {
    if (this.#queue.count > 0) return;
    this.#letGo();
    this.#lease.abandon();
    clearTimeout(this.#timer);
    clearInterval(this.#tending);
    this.#tending = undefined;
    this.#stopExit();
  }

  /** Writes what can be written at once. */
  flushSync(): void {
    if (this.#inFlight !== undefined) this.#awaitInFlight(this.#inFlight);
    this.#confirmRecent();
    this.#writeBatches();
  }

  drainAtExit(): void {
    this.flushSync();
    this.#lease.abandon();
  }

  // ---- at once

  /** The fast way, open while nobody else writes: one system call. */
  #writeBlindly(line: string, now: number): boolean {
    if (line.length * 3 > RECENT_BYTES - this.#recentTo) {
      this.#check(now);
      if (!this.#lease.alone || line.length * 3 > RECENT_BYTES - this.#recentTo) return false;
    }
    const file = this.#file;
    if (file === undefined) return false;
    const from = this.#recentTo;
    const to = from + this.#recent.write(line, from);
    try {
      if (file.appendBlindly(this.#recent, from, to) < to) return false; // the queue goes on with it
    } catch (error) {
      this.#failed(error);
      return false;
    }
    this.#recentTo = to;
    this.#written++;
    this.#unsynced++;
    this.#noteStall(now);
    if (this.#settings.rotate !== undefined) this.#rotateIfDue(file);
    return true;
  }

  /** The general way: out of the queue, looking before and after each write. */
  #writeQueued(): void {
    const now = performance.now();
    // While it fails, trying again for each record would cost each of them.
    const blocked = this.#stalled || (this.#failure !== undefined && now - this.#triedAt < RETRY_MS.least);
    if (!blocked && !this.#wantsLock) this.#writeBatches();
    if (this.#queue.count > 0) this.#schedule(RETRY_MS.least);
  }

  /** Writes batches until the queue is empty or it fails. */
  #writeBatches(maxBytes: number = Number.POSITIVE_INFINITY): boolean {
    let left = maxBytes;
    while (this.#queue.count > 0 && left > 0) {
      const { from } = this.#queue;
      const to = this.#queue.batchEnd(MAX_WRITE_BYTES);
      try {
        const file = this.#opened();
        const { bytes } = this.#queue;
        const before = file.lineEnd;
        const startedAt = performance.now();
        this.#lease.announce(startedAt);
        const done = file.append(bytes, from, to);
        this.#noteStall(startedAt);
        this.#landed(file, bytes, from, done, before);
        if (done < to) throw new ShortWrite(`only ${done - from} of ${to - from} bytes were taken`);
      } catch (error) {
        if (!this.#recover(error)) return false;
      }
      left -= to - from;
    }
    return true;
  }

  /** Books lines that were appended, and takes those up again that do not stand whole. */
  #landed(file: LogFile, bytes: Buffer, from: number, done: number, before: number): void {
    const missing = file.missing(bytes, from, done, before);
    const again = missing.map((span) => copyOf(bytes, span));
    const lines = this.#queue.take(done - from);
    this.#written += lines;
    this.#unsynced += lines;
    this.#takeUp(again);
    this.#succeeded();
    this.#rotateIfDue(file);
  }

  // ---- out of the queue, later

  #enqueued(): void {
    this.#wantsLock = true;
    if (this.#queue.size >= FLOOD_BYTES && this.#failure === undefined && !this.#stalled) {
      this.#writeBatches();
    } else if (this.#queue.size >= BATCH_BYTES) {
      this.#schedule(0);
    } else {
      this.#schedule(BATCH_MS);
    }
  }

  #schedule(delayMs: number): void {
    if (this.#pass !== undefined) return;
    if (this.#timer !== undefined && delayMs > 0) return;
    clearTimeout(this.#timer);
    const wait = Math.min(RETRY_MS.most, delayMs * 2 ** Math.min(this.#failures, 6));
    this.#timer = setTimeout(() => void this.#drain(false), wait).unref();
  }

  /** One pass over the queue at a time; ends at the first failure. */
  #drain(eager: boolean): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (eager) this.#failure = undefined;
    this.#pass ??= this.#passOver().finally(() => {
      this.#pass = undefined;
      if (this.#queue.count > 0) this.#schedule(RETRY_MS.least);
    });
    return this.#pass;
  }

  async #passOver(): Promise<void> {
    while (this.#queue.count > 0) {
      if (this.#wantsLock && !this.#lease.held) await this.#waitForLock();
      const well = this.#stalled ? await this.#writeAside() : this.#writeBatches(MAX_WRITE_BYTES);
      if (!well) return;
      if (this.#queue.count > 0) await nextTurn();
    }
    if (this.#wantsLock && this.#lease.isShared(performance.now())) await this.#lease.release();
    this.#wantsLock = false;
    this.#tend();
  }

  async #waitForLock(): Promise<void> {
    const { maxLockWaitMs } = this.#settings;
    try {
      this.#opened(); // the lock lies beside the file, in a folder that may still have to be made
    } catch {
      return; // the write will say why
    }
    if (await this.#lease.acquire(maxLockWaitMs)) return;
    const message = `fs: no lock for ${this.path} within ${maxLockWaitMs} ms; appended without`;
    this.#tellOnce("LOCK_BUSY", message, undefined);
  }

  /** Writes one batch without blocking, for a disk that stalls. */
  async #writeAside(): Promise<boolean> {
    const { bytes, from } = this.#queue;
    const to = this.#queue.batchEnd(MAX_WRITE_BYTES);
    const startedAt = performance.now();
    try {
      const file = this.#opened();
      const before = file.lineEnd;
      this.#inFlight = { length: to - from, end: file.size + (to - from) };
      const done = await file.appendAsync(bytes, from, to);
      this.#inFlight = undefined;
      // The queue may have moved to another buffer meanwhile, but begins with the same lines.
      this.#landed(file, bytes, from, done, before);
      if (performance.now() - startedAt < STALL_MS) this.#stalled = false;
      return done === to || this.#recover(new ShortWrite(`only ${done - from} of ${to - from} bytes`));
    } catch (error) {
      this.#inFlight = undefined;
      return this.#recover(error);
    }
  }

  #awaitInFlight({ length, end }: { readonly length: number; readonly end: number }): void {
    const until = performance.now() + EXIT_WAIT_MS;
    const nobody = new Int32Array(new SharedArrayBuffer(4));
    while (performance.now() < until) {
      if ((this.#file?.currentSize() ?? 0) >= end) {
        this.#written += this.#queue.take(length);
        break;
      }
      Atomics.wait(nobody, 0, 0, 1);
    }
    this.#inFlight = undefined;
  }

  // ---- the file

  #opened(): LogFile {
    const now = performance.now();
    if (this.#file !== undefined && now - this.#pathCheckedAt > PATH_CHECK_MS) {
      this.#pathCheckedAt = now;
      if (!this.#file.isCurrent()) this.#letGo();
    }
    if (this.#file === undefined) {
      const { mode, durability } = this.#settings;
      this.#file = new LogFile(this.path, mode, durability === "fsync");
      this.#pathCheckedAt = now;
      this.#recentBefore = this.#file.size;
      this.#lease.want();
      this.#tend();
    }
    return this.#file;
  }

  #letGo(): void {
    this.#confirmRecent();
    this.#file?.close();
    this.#file = undefined;
  }

  /** What the fast way leaves out, every 5 ms: do the lines stand, is the file in place, are we alone. */
  #check(now: number): void {
    this.#confirmRecent();
    this.#lease.check(now);
    if (this.#file !== undefined && now - this.#pathCheckedAt > PATH_CHECK_MS) {
      this.#pathCheckedAt = now;
      if (!this.#file.isCurrent()) this.#letGo();
    }
    if (!this.#lease.held && this.#file !== undefined) {
      this.#lease.want();
      this.#tend();
    }
  }

  #confirmRecent(): void {
    const to = this.#recentTo;
    const file = this.#file;
    if (file === undefined) return;
    this.#recentTo = 0;
    try {
      const missing = to === 0 ? [] : file.missing(this.#recent, 0, to, this.#recentBefore);
      this.#takeUp(missing.map((span) => copyOf(this.#recent, span)));
    } catch (error) {
      this.#takeUp([copyOf(this.#recent, { from: 0, to })]);
      this.#recover(error);
    }
    this.#recentBefore = this.#file?.lineEnd ?? 0;
  }

  /** Puts lines that were thought written into the queue again. */
  #takeUp(lines: readonly Buffer[]): void {
    const before = this.#queue.count;
    for (const line of lines) this.#queue.pushBytes(line);
    this.#written -= this.#queue.count - before;
  }

  #tend(): void {
    this.#tending ??= setInterval(() => {
      this.#confirmRecent();
      if (this.#queue.count > 0) this.#schedule(0);
      void this.#lease.tend(performance.now()).then(() => this.#stopTending());
    }, TEND_MS).unref();
  }

  #stopTending(): void {
    if (this.#lease.busy || this.#recentTo > 0) return;
    clearInterval(this.#tending);
    this.#tending = undefined;
  }

  #rotateIfDue(file: LogFile): void {
    const { rotate } = this.#settings;
    if (rotate === undefined || file.size === 0) return;
    const { maxBytes = Number.POSITIVE_INFINITY, maxAgeMs = Number.POSITIVE_INFINITY } = rotate;
    if (file.size < maxBytes && Date.now() - file.bornAtMs < maxAgeMs) return;
    if (!this.#lease.held) return this.#lease.want();
    if (file.isCurrent()) {
      try {
        this.#confirmRecent();
        putAside(this.path);
        void tidy(this.path, rotate).catch((cause) => {
          this.#tellOnce("WRITE_FAILED", `fs: could not tidy up what was put aside of ${this.path}`, cause);
        });
      } catch (cause) {
        this.#tellOnce("WRITE_FAILED", `fs: could not put ${this.path} aside`, cause);
        return;
      }
    }
    this.#letGo();
  }

  /** Reports failed syncs as the loss they are: what the kernel dropped cannot be synced again. */
  async #sync(): Promise<void> {
    const lines = this.#unsynced;
    const file = this.#file;
    if (file === undefined || lines === 0) return;
    this.#unsynced = 0;
    this.#syncing ??= file.sync().finally(() => {
      this.#syncing = undefined;
    });
    try {
      await this.#syncing;
    } catch (cause) {
      this.#letGo();
      const message = `fs: ${this.path} could not be synced; the last ${lines} records may be gone`;
      const error = new StepLogError("SYNC_FAILED", message, { cause, lost: lines });
      this.#tell(error);
      throw error;
    }
  }

  // ---- when it fails

  /** Whether it is worth going on at once. */
  #recover(error: unknown): boolean {
    if (error instanceof FileGone) {
      this.#file?.close();
      this.#file = undefined;
      this.#recentTo = 0;
      this.#tellOnce("FILE_CHANGED", `fs: ${this.path} was deleted; it is made anew`, error);
      return true;
    }
    if (error instanceof ShortWrite && !(this.#failure instanceof ShortWrite)) {
      this.#failure = error; // the next try gets to see why
      return true;
    }
    this.#failed(error);
    return false;
  }

  #failed(cause: unknown): void {
    this.#failure = cause;
    this.#failures++;
    this.#triedAt = performance.now();
    const code = cause instanceof StepLogError ? cause.code : "WRITE_FAILED";
    const why = codeOf(cause) ?? (cause as Error).message;
    this.#tellOnce(code, `fs: cannot write to ${this.path}: ${why}; records wait and are written once it works`, cause);
  }

  #succeeded(): void {
    this.#failure = undefined;
    this.#failures = 0;
    if (this.#told.size > 0 && !this.#stalled) this.#told.clear();
    if (this.ledger.owing) for (const entry of this.ledger.take()) this.#queue.push(entry.line);
  }

  #noteStall(startedAt: number): void {
    if (performance.now() - startedAt < STALL_MS || this.#stalled) return;
    this.#stalled = true;
    this.#tellOnce("STALLED", `fs: writing to ${this.path} takes long; records wait in memory`, undefined);
  }

  #drop(entry: Entry): void {
    this.ledger.add(entry, "queue full");
    this.#tellOnce("QUEUE_FULL", `fs: too much waits for ${this.path}; records are lost`, undefined, 1);
  }

  #notWritten(): StepLogError {
    const cause = this.#failure;
    const pending = this.#queue.count;
    const message = `fs: ${pending} records wait for ${this.path}: ${codeOf(cause) ?? String(cause)}`;
    return new StepLogError(cause instanceof StepLogError ? cause.code : "WRITE_FAILED", message, {
      cause,
      pending,
      details: { path: this.path },
    });
  }

  /** Tells of a problem once, until it has gone and come again. */
  #tellOnce(code: StepLogError["code"], message: string, cause: unknown, lost = 0): void {
    if (this.#told.has(code)) return;
    this.#told.add(code);
    const { path } = this;
    this.#tell(new StepLogError(code, message, { cause, lost, pending: this.#queue.count, details: { path } }));
  }
}

class ShortWrite extends Error {}

function copyOf(bytes: Buffer, { from, to }: Span): Buffer {
  return Buffer.from(bytes.subarray(from, to));
}
