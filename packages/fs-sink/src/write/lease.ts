import { existsSync, rmdirSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { statIfThere } from "../stat-if-there.ts";
import { clockMs } from "./clock.ts";
import { loadLockfile } from "./load-lockfile.ts";
import { codeOf } from "./open-log-file.ts";
import { pause } from "./pause.ts";
import type { Problems } from "./problems.ts";
import { SharedMarker } from "./shared-marker.ts";

// How often the one that writes without looking makes sure that it is alone: in between records, or
// with the next record when that was not done in time.
export const CHECK_MS = 4;
const MAX_UNCHECKED_MS = 8;
// For so long after it got the lock it still looks, so that a write which was begun by another, who
// saw no lock, has ended.
const GRACE_MS = 10;
// How long another waits once it has told that it is there; a write may be under way, too.
const ANNOUNCE_MS = MAX_UNCHECKED_MS + 2;
// Without records for so long, it gives the lock up.
const IDLE_MS = 1_000;
// Having the lock while others write, it lets them have it after so long.
const SHARED_HOLD_MS = 50;
// proper-lockfile counts a lock as left behind after this; 2 s is its least.
const STALE_MS = 5_000;
// A flat delay with jitter; growing delays starve waiters.
const POLL_MS = 1;

const attempts = new Set<Promise<boolean>>();

/** Resolves when no attempt at a lock is under way, so that none is left that its writer gave up. */
export async function attemptsEnded(): Promise<void> {
  await Promise.all(attempts);
}

/**
 * The lock of a log file, `agent-steps.jsonl.lock`, taken with proper-lockfile and held while records
 * flow.
 *
 * Whole lines do not depend on it: it may be lost, stolen or left behind. Having it and being alone
 * means that a write needs no looking before and after; repair and rotation want it.
 */
export class Lease {
  readonly #path: string;
  readonly #lockPath: string;
  readonly #marker: SharedMarker;
  readonly #problems: Problems;
  #release: (() => Promise<void>) | undefined;
  #identity = "";
  #since = Number.NEGATIVE_INFINITY;
  #usedAt = Number.NEGATIVE_INFINITY;
  #checkedAt = Number.NEGATIVE_INFINITY;
  #alone = false;
  #abandoned = false;
  #wanting = false;
  #attempting: Promise<boolean> | undefined;
  #trying = false;

  constructor(path: string, problems: Problems) {
    this.#path = path;
    this.#lockPath = `${path}.lock`;
    this.#marker = new SharedMarker(path);
    this.#problems = problems;
  }

  get held(): boolean {
    return this.#release !== undefined;
  }

  /** Whether there is something to tend: it is held, or being waited for. */
  get busy(): boolean {
    return this.held || this.#wanting;
  }

  /** Whether a check is due before the next write. */
  isDue(now: number): boolean {
    return now - this.#checkedAt >= MAX_UNCHECKED_MS;
  }

  /** Whether, by the last check, nobody else writes. */
  get alone(): boolean {
    return this.#alone;
  }

  /** Records came: it is not given up for being idle. */
  use(now: number): void {
    this.#usedAt = now;
  }

  /** Looks whether the lock is still ours and whether others write. `now` is of `clockMs`. */
  check(now: number): void {
    this.#checkedAt = now;
    this.use(now);
    if (this.#release === undefined) {
      this.#alone = false;
      return;
    }
    if (!this.#isOurs()) {
      this.#lost("the lock was taken away or stolen");
      return;
    }
    this.#alone = now - this.#since >= GRACE_MS && !this.#marker.isFresh(now);
  }

  /** Before a write without the lock: makes sure that whoever has it knows; waits 10 ms the first time. */
  announce(now: number): void {
    if (this.held || this.#trying || this.#marker.wasTouched(now)) return;
    if (!existsSync(this.#lockPath)) return;
    const known = this.#marker.isFresh(now);
    this.#marker.touch(now);
    if (!known) pause(ANNOUNCE_MS);
  }

  /** Gets the lock in the background, unless that is under way. */
  want(): void {
    if (this.held || this.#wanting) return;
    this.#wanting = true;
    void this.#poll(Number.POSITIVE_INFINITY, false).then(() => {
      this.#wanting = false;
    });
  }

  /** Waits for the lock, asking its holder for it; says whether it was had in time. Never rejects. */
  acquire(waitMs: number): Promise<boolean> {
    return this.#poll(waitMs, true);
  }

  /** What is to be done from time to time while it is held: give way, give up when idle. */
  async tend(now: number): Promise<void> {
    if (!this.held) return;
    if (now - this.#usedAt > IDLE_MS) return this.release();
    if (now - this.#since > SHARED_HOLD_MS && this.#marker.isFresh(now)) {
      await this.release();
      await sleep(5 + Math.random() * 15, undefined, { ref: false });
      this.want();
    }
  }

  /** Whether others wait or write, so that the lock should not be kept. */
  isShared(now: number): boolean {
    return this.#marker.isFresh(now);
  }

  /** Gives the lock up. Never rejects. */
  async release(): Promise<void> {
    const release = this.#release;
    if (release === undefined) return;
    if (!this.#isOurs()) {
      // Releasing what another has by now would take it from that other.
      this.#lost("the lock was taken away or stolen");
      return;
    }
    this.#forget();
    if (!this.#marker.isFresh(clockMs())) this.#marker.remove();
    await release().catch(() => {});
  }

  /** Gives the lock up at once, and for good. */
  abandon(): void {
    this.#abandoned = true;
    const ours = this.held && this.#isOurs();
    this.#forget();
    if (!ours) return;
    try {
      if (!this.#marker.isFresh(clockMs())) this.#marker.remove();
      rmdirSync(this.#lockPath);
    } catch {
      // It will be found stale.
    }
  }

  /**
   * @param eager Polls every 1 to 2 ms and keeps the process alive meanwhile; otherwise every 50 to
   * 100 ms, as long as records come.
   */
  async #poll(waitMs: number, eager: boolean): Promise<boolean> {
    const until = clockMs() + waitMs;
    const pollMs = eager ? POLL_MS : 50 * POLL_MS;
    for (;;) {
      if (this.held || this.#abandoned || (await this.#attempt())) return true;
      const now = clockMs();
      if (now >= until) return false;
      if (eager && !this.#marker.wasTouched(now)) this.#marker.touch(now);
      await sleep(pollMs * (1 + Math.random()), undefined, { ref: eager });
      if (!eager && now - this.#usedAt > IDLE_MS) return false;
    }
  }

  /** One attempt at a time, so that this writer does not find the lock taken by itself. */
  #attempt(): Promise<boolean> {
    if (this.#attempting === undefined) {
      const attempt = this.#try().finally(() => {
        this.#attempting = undefined;
        attempts.delete(attempt);
      });
      attempts.add(attempt);
      this.#attempting = attempt;
    }
    return this.#attempting;
  }

  async #try(): Promise<boolean> {
    try {
      const lockfile = await loadLockfile();
      // From here on a lock that appears is ours, or of one that still looks before it writes.
      this.#trying = !existsSync(this.#lockPath);
      let identity = "";
      const release = await lockfile.lock(this.#path, {
        realpath: false, // the path has no links, and the file may not be there yet
        retries: 0,
        stale: STALE_MS,
        onCompromised: () => {
          if (this.#identity === identity) this.#lost("it could not be kept up");
        },
      });
      identity = identityOf(this.#lockPath);
      this.#identity = identity;
      this.#since = clockMs();
      this.#usedAt = this.#since;
      this.#alone = false;
      this.#release = release;
      if (this.#abandoned) await this.release();
      return true;
    } catch (cause) {
      // Another has it, or is just taking over one that was left behind.
      if (codeOf(cause) === "ELOCKED" || codeOf(cause) === "ENOENT") return false;
      if (this.#abandoned) return false; // nobody wants it any more, or would hear of it
      const message = `no lock for ${this.#path}; lines are kept apart without it`;
      this.#problems.tell("LOCK_BUSY", message, { cause });
      return false;
    } finally {
      this.#trying = false;
    }
  }

  #isOurs(): boolean {
    return identityOf(this.#lockPath) === this.#identity;
  }

  #lost(why: string): void {
    if (!this.held) return; // told once; or given up while proper-lockfile was looking
    this.#forget();
    const message = `the lock of ${this.#path} was lost: ${why}; nothing is lost by that`;
    this.#problems.tell("LOCK_LOST", message);
  }

  #forget(): void {
    this.#identity = "";
    this.#release = undefined;
    this.#alone = false;
  }
}

/** Tells one lock from the next at its path, which may get the same inode. */
function identityOf(path: string): string {
  const stat = statIfThere(path);
  return stat === undefined ? "none" : `${stat.ino} of ${stat.birthtimeMs}`;
}
