import { isStepLogError, StepLogError } from "@step-log/core";
import { failureFacts } from "../store/classify-error.ts";
import type { OpenStore } from "../store/open-store.ts";
import { backoffMs } from "./backoff.ts";
import { Packer } from "./packer.ts";
import type { Part } from "./part.ts";
import { type Outcome, putPart, type StoreMode } from "./put-part.ts";
import { Throttle } from "./throttle.ts";
import { Waiting } from "./waiting.ts";

// So that one run in a hurry leaves room for others.
const AT_ONCE_PER_RUN = 2;
// One failure is the daily life of a store; the second in a row is told.
const TOLD_FROM_FAILURES = 2;
const TELL_AGAIN_MS = 60_000;
// What a store may ask for as a pause.
const MAX_RETRY_AFTER_MS = 300_000;

/** What an uploader tells its sink. */
export interface UploadEvents {
  /** A part takes up less memory than before. */
  packed(): void;
  /** A part is in the bucket. */
  stored(part: Part): void;
  /** The lines of a part could not be read back from the spool; says whether they are lost. */
  unreadable(part: Part, cause: unknown): boolean;
  /** Under the key of a part lies somebody else's object; gives the part another key. */
  keyTaken(part: Part): void;
  /** A try has failed; the part goes on waiting. */
  failed(part: Part): void;
  /** The store refuses this part for what it is, again and again; says whether it was put aside. */
  refused(part: Part): boolean;
  /** Records that are not stored yet. */
  pending(): number;
  tell(error: StepLogError): void;
}

/** Sends parts to the bucket, each until it is stored. */
export class Uploader {
  readonly #place: OpenStore;
  readonly #settings: UploaderSettings;
  readonly #events: UploadEvents;
  readonly #mode: StoreMode;
  readonly #throttle: Throttle;
  readonly #packer: Packer;
  readonly #waiting = new Waiting();
  /** All that are not settled, those next that are to be tried first. */
  readonly #parts = new Set<Part>();
  readonly #sendingOfRun = new Map<string, number>();
  readonly #told = new Set<string>();
  #sending = 0;
  #failureToldAt = Number.NEGATIVE_INFINITY;
  #puts = 0;
  #stored = 0;
  #timer: NodeJS.Timeout | undefined;
  /** The last failure, until something is stored. */
  #failure: unknown;

  constructor(place: OpenStore, settings: UploaderSettings, events: UploadEvents) {
    this.#place = place;
    this.#settings = settings;
    this.#events = events;
    this.#mode = { conditional: place.conditional };
    this.#throttle = new Throttle(settings.maxConcurrency);
    this.#packer = new Packer({
      md5: place.wantsMd5,
      onPacked: () => {
        events.packed();
        this.#send();
      },
    });
  }

  /** Parts that are not settled. */
  get parts(): ReadonlySet<Part> {
    return this.#parts;
  }

  /** Requests to store a part that were begun. */
  get puts(): number {
    return this.#puts;
  }

  /** The last failure, if nothing was stored since. */
  get failure(): unknown {
    return this.#failure;
  }

  /** Sends a part in its turn. */
  add(part: Part): void {
    this.#parts.add(part);
    if (part.raw !== undefined) this.#packer.add(part);
    else this.#send();
  }

  /**
   * Resolves when all these are settled; rejects when the store refuses. Tries at once, whatever pause
   * there is. The signal ends the waiting alone.
   */
  async settled(parts: Iterable<Part>, signal: AbortSignal): Promise<void> {
    const unsettled = [...parts].filter((part) => this.#parts.has(part));
    const done = this.#waiting.for(unsettled, signal);
    this.#throttle.open();
    for (const part of unsettled) part.notBefore = 0;
    this.#send();
    await done;
  }

  #send(): void {
    while (this.#sending < this.#throttle.limit && this.#throttle.waitMs === 0) {
      const part = this.#next();
      if (part === undefined) break;
      void this.#try(part);
    }
    this.#wakeLater();
  }

  #next(): Part | undefined {
    const now = performance.now();
    for (const part of this.#parts) {
      if (part.isSending || part.raw !== undefined || part.notBefore > now) continue;
      if ((this.#sendingOfRun.get(part.lines.runId) ?? 0) < AT_ONCE_PER_RUN) return part;
    }
    return undefined;
  }

  async #try(part: Part): Promise<void> {
    const { runId } = part.lines;
    part.isSending = true;
    this.#sending++;
    this.#sendingOfRun.set(runId, (this.#sendingOfRun.get(runId) ?? 0) + 1);
    const packed = part.packed ?? (await this.#packer.fromFile(part).catch(asUnreadable));
    if (packed instanceof Unreadable) this.#keepUnread(part, packed.cause);
    else {
      this.#puts++;
      const { tags } = this.#settings;
      this.#conclude(part, await putPart(part, packed, this.#place, this.#mode, tags));
    }
    part.isSending = false;
    this.#sending--;
    const others = (this.#sendingOfRun.get(runId) ?? 1) - 1;
    if (others === 0) this.#sendingOfRun.delete(runId);
    else this.#sendingOfRun.set(runId, others);
    this.#send();
  }

  /** The lines of a part cannot be read back: they are gone, or the disk has its troubles. */
  #keepUnread(part: Part, cause: unknown): void {
    part.notBefore = performance.now() + this.#settings.parkedRetryMs;
    this.#waiting.refused(part, cause);
    if (this.#events.unreadable(part, cause)) this.#settle(part);
  }

  #conclude(part: Part, outcome: Outcome): void {
    if (outcome.kind === "stored") {
      this.#succeeded();
      this.#stored++;
      this.#settle(part);
      this.#events.stored(part);
      return;
    }
    const { error } = outcome;
    if (outcome.kind === "key taken") {
      this.#succeeded();
      const key = part.key(this.#place.prefix);
      this.#events.keyTaken(part);
      part.maybeStored = false;
      const message = `s3: ${key} is another object; its records go to ${part.key(this.#place.prefix)}`;
      this.#events.tell(new StepLogError("KEY_TAKEN", message, { cause: error, details: { key } }));
      return;
    }
    this.#failure = error;
    part.failures++;
    this.#events.failed(part);
    // Behind the others, in case that it is the part.
    this.#parts.delete(part);
    this.#parts.add(part);
    const retryAfterMs = Math.min(outcome.retryAfterMs, MAX_RETRY_AFTER_MS);
    switch (outcome.kind) {
      case "bad":
        this.#refuse(part, error);
        break;
      case "parked":
        this.#throttle.park(Math.max(this.#settings.parkedRetryMs, retryAfterMs));
        this.#tellRefusal(part, error, "nothing can be stored; the records are kept");
        this.#waiting.parked(error);
        break;
      default:
        part.notBefore = performance.now() + backoffMs(part.failures, 0);
        this.#throttle.failed({ busy: outcome.kind === "busy", retryAfterMs });
        if (this.#throttle.failures >= TOLD_FROM_FAILURES) this.#tellFailure(part, error);
    }
  }

  #succeeded(): void {
    this.#throttle.succeeded();
    this.#failure = undefined;
    this.#told.clear();
  }

  #refuse(part: Part, error: unknown): void {
    part.notBefore = performance.now() + this.#settings.parkedRetryMs;
    this.#waiting.refused(part, error);
    if (part.refusedAfter === undefined) {
      part.refusedAfter = this.#stored;
      this.#told.delete(causeOf(error));
      this.#tellRefusal(part, error, "the part is kept, others go on");
    } else if (part.refusedAfter < this.#stored && this.#events.refused(part)) {
      // It is the part, since others were stored meanwhile.
      this.#settle(part);
    }
  }

  #settle(part: Part): void {
    this.#parts.delete(part);
    this.#waiting.settled(part);
  }

  #tellRefusal(part: Part, error: unknown, consequence: string): void {
    if (this.#told.has(causeOf(error))) return;
    this.#told.add(causeOf(error));
    if (isStepLogError(error)) this.#events.tell(error);
    else this.#tell("STORE_REFUSED", part, error, consequence);
  }

  #tellFailure(part: Part, error: unknown): void {
    if (performance.now() - this.#failureToldAt < TELL_AGAIN_MS) return;
    this.#failureToldAt = performance.now();
    this.#tell("WRITE_FAILED", part, error, "it is tried again");
  }

  #tell(code: "STORE_REFUSED" | "WRITE_FAILED", part: Part, error: unknown, consequence: string) {
    const { bucket, prefix } = this.#place;
    const { status, code: storeCode } = failureFacts(error);
    const key = part.key(prefix);
    const text = error instanceof Error ? error.message : String(error);
    const why = storeCode === undefined ? text : `${storeCode}: ${text}`;
    this.#events.tell(
      new StepLogError(code, `s3: bucket ${bucket}, ${key}: ${why}; ${consequence}`, {
        cause: error,
        pending: this.#events.pending(),
        details: {
          bucket,
          key,
          ...(status !== undefined && { status }),
          ...(storeCode !== undefined && { code: storeCode }),
        },
      }),
    );
  }

  /** Comes back when a pause is over; whoever waits keeps the process alive, a pause does not. */
  #wakeLater(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#sending >= this.#throttle.limit) return;
    let next = Number.POSITIVE_INFINITY;
    for (const part of this.#parts) {
      if (!part.isSending && part.raw === undefined) next = Math.min(next, part.notBefore);
    }
    if (next === Number.POSITIVE_INFINITY) return;
    const ms = Math.max(this.#throttle.waitMs, next - performance.now(), 1);
    this.#timer = setTimeout(() => this.#send(), ms).unref();
  }
}

/** Why the lines of a part could not be had. */
class Unreadable {
  readonly cause: unknown;

  constructor(cause: unknown) {
    this.cause = cause;
  }
}

function asUnreadable(cause: unknown): Unreadable {
  return new Unreadable(cause);
}

/** What an uploader takes of the settings of its sink. */
export interface UploaderSettings {
  readonly maxConcurrency: number;
  readonly parkedRetryMs: number;
  readonly tags: Readonly<Record<string, string>> | undefined;
}

/** Refusals for one and the same cause are told once. */
function causeOf(error: unknown): string {
  const { status, code } = failureFacts(error);
  return `${status} ${code}`;
}
