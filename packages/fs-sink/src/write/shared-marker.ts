import { closeSync, constants, openSync, rmSync, writeSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { statIfThere } from "../stat-if-there.ts";

// Touched at least once a second by whoever writes without the lock; two missed touches and it is
// of no more account.
const TOUCH_MS = 1_000;
const FRESH_MS = 3_000;
// Links are not followed, and a FIFO in its place does not block. Windows knows neither.
const SAFE = (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
const FLAGS = constants.O_WRONLY | constants.O_CREAT | SAFE;

/**
 * A file of one byte beside the log, `.agent-steps.jsonl.shared`, by which writers without the lock tell
 * the one that has it that it is not alone. Ages go by this process's monotonic clock and by changes
 * of the file's time, so that clocks which differ or jump do no harm.
 */
export class SharedMarker {
  readonly #path: string;
  #touchedAt = Number.NEGATIVE_INFINITY;
  #seenMtimeMs = Number.NaN;
  #changedAt = Number.NEGATIVE_INFINITY;

  constructor(logPath: string) {
    this.#path = join(dirname(logPath), `.${basename(logPath)}.shared`);
  }

  /** Whether another writer was at work within the last seconds. `now` is of `clockMs`. */
  isFresh(now: number): boolean {
    const stat = statIfThere(this.#path);
    if (stat === undefined) return false;
    if (stat.mtimeMs !== this.#seenMtimeMs) {
      this.#seenMtimeMs = stat.mtimeMs;
      this.#changedAt = now;
    }
    return now - this.#changedAt < FRESH_MS;
  }

  /** Whether this writer touched it within the last second. */
  wasTouched(now: number): boolean {
    return now - this.#touchedAt < TOUCH_MS;
  }

  /** Tells the others; where the folder does not allow it, they are not told. */
  touch(now: number): void {
    this.#touchedAt = now;
    try {
      const fd = openSync(this.#path, FLAGS, 0o600);
      try {
        writeSync(fd, ".", 0);
      } finally {
        closeSync(fd);
      }
    } catch {
      // Then lines are kept apart by looking before and after each write alone.
    }
  }

  /** Takes it away, for who has the lock and found it stale. */
  remove(): void {
    try {
      rmSync(this.#path, { force: true });
    } catch {
      // It is stale, and of no account.
    }
  }
}
