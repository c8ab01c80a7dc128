import { setImmediate as nextTurn } from "node:timers/promises";
import { type Entry, type LossLedger, lossLedger, StepLogError } from "@step-log/core";
import type { FsSinkSettings } from "../fs-sink-options.ts";
import { clockMs } from "./clock.ts";
import { onExit } from "./exit-drain.ts";
import { FileAppender } from "./file-appender.ts";
import { CHECK_MS, Lease } from "./lease.ts";
import { LineQueue } from "./line-queue.ts";
import { codeOf } from "./open-log-file.ts";
import { Problems } from "./problems.ts";

// "buffered" hands over after so long, or as soon as so much waits.
const BATCH_MS = 10;
const BATCH_BYTES = 65_536;
// So much waits without the event loop having come round: it is written where it is. With 1 MiB, which is
// no faster, the peak of a flood is 5 MB higher.
const FLOOD_BYTES = 256 * 1024;
// One write of this size takes below 1 ms; the event loop gets its turn after it.
const MAX_WRITE_BYTES = 256 * 1024;
// Two writes in a row that took longer say that the disk stalls, and that it was not just another
// process that had the processor; from then on nobody waits for it.
const STALL_MS = 100;
const STALLED_WRITES = 2;
// How often lock and lines are looked after while no records come.
const TEND_MS = 25;
// Between tries while it fails, doubled each time.
const RETRY_MS = 20;
const MAX_RETRY_MS = 1_000;
// At exit, for a write that is under way.
const EXIT_WAIT_MS = 500;

/** Decides when the lines of one file are written: at once where that can be, else out of a queue. */
export class FileWriter {
  readonly path: string;
  readonly ledger: LossLedger = lossLedger();
  readonly #settings: FsSinkSettings;
  readonly #problems: Problems;
  readonly #lease: Lease;
  readonly #queue = new LineQueue();
  readonly #file: FileAppender;
  readonly #stopExit: () => void;
  #failure: unknown;
  #failures = 0;
  #triedAt = Number.NEGATIVE_INFINITY;
  /** Slow writes in a row. */
  #slow = 0;
  /** Lines of "buffered" are among those that wait; these wait for the lock too. */
  #wantsLock = false;
  #pass: Promise<void> | undefined;
  #flushing: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #delayMs = 0;
  #tending: NodeJS.Timeout | undefined;
  #tendedAt = Number.NEGATIVE_INFINITY;
  /** There were lines of "buffered" when it was last looked after. */
  #sawWaiting = false;
  /** There were some since it was last looked after. */
  #blindWrites = false;

  constructor(path: string, settings: FsSinkSettings, tell: (error: StepLogError) => void) {
    this.path = path;
    this.#settings = settings;
    this.#problems = new Problems(path, tell);
    this.#lease = new Lease(path, this.#problems);
    const { ledger } = this;
    this.#file = new FileAppender(path, settings, this.#lease, this.#queue, this.#problems, ledger);
    this.#stopExit = onExit(this);
  }

  /** Writes are slow, and made in the background. */
  get #stalled(): boolean {
    return this.#slow >= STALLED_WRITES;
  }

  get written(): number {
    return this.#file.written;
  }

  get pending(): number {
    return this.#queue.count;
  }

  get pendingBytes(): number {
    return this.#queue.size;
  }

  /** Takes one entry; one that is `buffered` waits for a batch. Never throws. */
  write(entry: Entry, buffered: boolean): void {
    const line = entry.bytes ?? Buffer.from(entry.line);
    if (!buffered && this.#queue.count === 0 && !this.#stalled && this.#writeBlindly(line)) return;
    if (!this.#enqueue(line)) {
      this.ledger.add(entry, "queue full");
      const message = `too much waits for ${this.path}; records are lost`;
      this.#problems.tell("QUEUE_FULL", message, { lost: 1, pending: this.#queue.count });
      return;
    }
    if (buffered) this.#writeLater();
    else this.#writeNow();
  }

  /**
   * Resolves when what was taken before stands in the file, and is synced if so set.
   *
   * @throws StepLogError `WRITE_FAILED`, `UNSAFE_FILE` with `pending`, `SYNC_FAILED`; the ledger has
   * what was lost.
   */
  flush(): Promise<void> {
    this.#flushing ??= this.#flushSoon();
    return this.#flushing;
  }

  /** One flush for all who ask for it in the same turn; a hundred looks and promises cost more than it does. */
  async #flushSoon(): Promise<void> {
    await undefined;
    this.#flushing = undefined; // what is written from now on is not sure to be in it
    this.#failure = undefined;
    this.#lookNow();
    const target = this.written + this.#queue.count;
    while (this.#queue.count > 0 && this.written < target) {
      await this.#drain();
      if (this.#failure !== undefined) throw this.#notWritten();
      this.#lookNow();
    }
    if (this.#settings.durability === "fsync") await this.#sync();
  }

  /** Lets go of file and lock at once, unless something waits to be written or synced. */
  park(): boolean {
    this.#file.confirm();
    if (this.#queue.count > 0 || this.#pass !== undefined) return false;
    if (this.#file.isUnsure) return false; // or nobody would look any more
    if (this.#file.needsSync) return false;
    this.#file.close();
    this.#lease.abandon();
    clearTimeout(this.#timer);
    clearInterval(this.#tending);
    this.#tending = undefined;
    this.#stopExit();
    return true;
  }

  /** Writes what can be written at once. */
  flushSync(): void {
    this.#file.awaitInFlight(EXIT_WAIT_MS);
    this.#file.confirm();
    this.#writeQueue(Number.POSITIVE_INFINITY);
  }

  drainAtExit(): void {
    this.flushSync();
    this.#lease.abandon();
  }

  /** Has a line wait, if it may and if there is memory for it; says whether it does. */
  #enqueue(line: Uint8Array): boolean {
    if (!this.#isFull(line) && this.#queue.push(line)) return true;
    if (!this.#isWorking) return false;
    this.#writeQueue(Number.POSITIVE_INFINITY);
    return !this.#isFull(line) && this.#queue.push(line);
  }

  /** Whether a line is one too many to wait; a single one may always. */
  #isFull(line: Uint8Array): boolean {
    const { count, size } = this.#queue;
    return count > 0 && size + line.length > this.#settings.maxQueueBytes;
  }

  get #isWorking(): boolean {
    return this.#failure === undefined && !this.#stalled;
  }

  // ---- at once

  #writeBlindly(line: Uint8Array): boolean {
    const now = clockMs();
    if (this.#lease.isDue(now)) this.#file.check(now);
    if (this.#queue.count > 0) return false; // lines that turned out not to stand come first
    try {
      if (!this.#file.appendBlindly(line, now)) return false;
    } catch (error) {
      this.#failed(error);
      return false; // the queue goes on with it
    }
    this.#blindWrites = true;
    this.#noteStall(now);
    return true;
  }

  #writeNow(): void {
    const now = clockMs();
    // While it fails, trying again for each record would cost each of them.
    const failing = this.#failure !== undefined && now - this.#triedAt < RETRY_MS;
    if (!failing && !this.#stalled) {
      this.#writeQueue(Number.POSITIVE_INFINITY);
      this.#tend();
    }
    if (this.#queue.count > 0) this.#schedule(RETRY_MS);
  }

  /** Writes from the queue until it is empty or a write fails; says whether it went well. */
  #writeQueue(maxBytes: number): boolean {
    let left = maxBytes;
    while (this.#queue.count > 0 && left > 0) {
      const startedAt = clockMs();
      try {
        this.#file.append(MAX_WRITE_BYTES);
      } catch (error) {
        this.#failed(error);
        return false;
      }
      left -= MAX_WRITE_BYTES;
      this.#noteStall(startedAt);
      this.#succeeded();
    }
    return true;
  }

  // ---- later

  #writeLater(): void {
    this.#wantsLock = true;
    const { size } = this.#queue;
    if (size >= FLOOD_BYTES && this.#isWorking) this.#writeQueue(Number.POSITIVE_INFINITY);
    else if (size >= BATCH_BYTES && this.#isWorking) this.#schedule(0);
    // While there is something to look after, it is seen to as well, and no record pays for a timer.
    else if (this.#tending === undefined || !this.#isWorking) this.#schedule(BATCH_MS);
  }

  #schedule(delayMs: number): void {
    if (this.#pass !== undefined || (this.#timer !== undefined && delayMs >= this.#delayMs)) return;
    clearTimeout(this.#timer);
    this.#delayMs = delayMs;
    const wait = Math.min(MAX_RETRY_MS, delayMs * 2 ** this.#failures);
    this.#timer = setTimeout(() => void this.#drain(), wait).unref();
  }

  /** One pass over the queue at a time; it ends at the first failure. */
  #drain(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#pass ??= this.#passOver().finally(() => {
      this.#pass = undefined;
      if (this.#queue.count > 0) this.#schedule(RETRY_MS);
    });
    return this.#pass;
  }

  async #passOver(): Promise<void> {
    while (this.#queue.count > 0) {
      if (this.#wantsLock && !this.#lease.held) await this.#waitForLock();
      const well = this.#stalled ? await this.#writeAside() : this.#writeQueue(MAX_WRITE_BYTES);
      if (!well) return;
      if (this.#queue.count > 0) await nextTurn();
    }
    this.#wantsLock = false;
    const now = clockMs();
    this.#lease.use(now);
    if (this.#lease.isShared(now)) await this.#lease.release();
    this.#tend();
  }

  async #waitForLock(): Promise<void> {
    const { maxLockWaitMs } = this.#settings;
    try {
      this.#file.open(); // the lock lies beside the file, in a folder that may have to be made
    } catch {
      return; // the write will say why
    }
    if (await this.#lease.acquire(maxLockWaitMs)) return;
    const message = `no lock for ${this.path} within ${maxLockWaitMs} ms; appended without`;
    this.#problems.tell("LOCK_BUSY", message, { pending: this.#queue.count });
  }

  async #writeAside(): Promise<boolean> {
    const startedAt = clockMs();
    try {
      await this.#file.appendAside(MAX_WRITE_BYTES);
    } catch (error) {
      this.#failed(error);
      return false;
    }
    if (clockMs() - startedAt < STALL_MS) this.#slow = 0;
    this.#succeeded();
    return true;
  }

  /** Looks after lines and lock from time to time, as long as there is something to look after. */
  #tend(): void {
    this.#tending ??= setInterval(() => {
      const now = clockMs();
      if (this.#blindWrites) this.#file.check(now); // else the next record would have to wait for it
      this.#blindWrites = false;
      this.#drainWaiting();
      if (now - this.#tendedAt < TEND_MS) return;
      this.#tendedAt = now;
      this.#file.confirm();
      void this.#lease.tend(now).then(() => {
        if (this.#lease.busy || this.#file.isUnsure || this.#queue.count > 0) return;
        clearInterval(this.#tending);
        this.#tending = undefined;
      });
    }, CHECK_MS).unref();
  }

  /** Hands over what waits for the second time that it is seen, for 4 to 8 ms, unless a timer will. */
  #drainWaiting(): void {
    const waits = this.#queue.count > 0 && this.#timer === undefined && this.#pass === undefined;
    if (waits && this.#sawWaiting) void this.#drain();
    this.#sawWaiting = waits && !this.#sawWaiting;
  }

  async #sync(): Promise<void> {
    try {
      await this.#file.sync();
    } catch (cause) {
      this.#queueOwed();
      if (this.#isWorking) this.#writeQueue(Number.POSITIVE_INFINITY);
      if (this.#queue.count > 0) this.#schedule(RETRY_MS);
      // How many records that may have cost, the ledger tells.
      const message = `fs: ${this.path} could not be synced; its last records may be gone`;
      throw new StepLogError("SYNC_FAILED", message, { cause, details: { path: this.path } });
    }
  }

  // ---- when it fails

  #lookNow(): void {
    try {
      this.#file.look();
    } catch (error) {
      this.#failed(error);
      throw this.#notWritten();
    }
  }

  #failed(cause: unknown): void {
    this.#failure = cause;
    this.#failures = Math.min(this.#failures + 1, 6);
    this.#triedAt = clockMs();
    const { code, message, cause: why, pending } = this.#notWritten();
    this.#problems.tell(code, message.replace(/^fs: /, ""), { cause: why, pending });
  }

  #succeeded(): void {
    this.#failure = undefined;
    this.#failures = 0;
    if (!this.#stalled) this.#problems.clear();
    if (this.ledger.owing) this.#queueOwed();
  }

  /** Lines of our own, not of those that were taken. */
  #queueOwed(): void {
    for (const { line } of this.ledger.take()) {
      this.#queue.pushAll(Buffer.from(line));
      this.#file.leaveOut(line);
      this.#file.written--;
    }
  }

  #noteStall(startedAt: number): void {
    this.#slow = clockMs() - startedAt < STALL_MS ? 0 : this.#slow + 1;
    if (!this.#stalled) return;
    this.#problems.tell("STALLED", `writing to ${this.path} takes long; records wait in memory`);
  }

  #notWritten(): StepLogError {
    const cause = this.#failure;
    const pending = this.#queue.count + this.#file.unsure;
    if (cause instanceof StepLogError) {
      const { code, message, details, cause: why } = cause;
      return new StepLogError(code, message, { cause: why, pending, details });
    }
    const why = codeOf(cause) ?? String(cause);
    const message = `fs: cannot write to ${this.path}: ${why}; records wait and are written when it works`;
    return new StepLogError("WRITE_FAILED", message, {
      cause,
      pending,
      details: { path: this.path },
    });
  }
}
