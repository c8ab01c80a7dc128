import { StepLogError } from "@step-log/core";
import type { SubscriberStats } from "./bus-stats.ts";
import type { Listener } from "./event.ts";

/** An event as the bus hands it on. */
export interface Emitted {
  readonly event: { readonly topic: string; readonly payload: unknown };
  /** The size of the payload, as far as it was told. */
  readonly bytes: number;
}

/** What a subscriber is made of. */
export interface SubscriberOptions {
  readonly pattern: string;
  readonly matches: (topic: string) => boolean;
  readonly listener: Listener<never>;
  readonly once: boolean;
  readonly maxQueue: number;
  readonly maxQueueBytes: number;
}

/** What all subscribers of a bus count together. */
export interface Counts {
  delivered: number;
  dropped: number;
  failed: number;
}

/** What a subscriber tells its bus. */
export interface SubscriberHost {
  /** It waits for a promise. */
  busy(subscriber: Subscriber): void;
  /** It waits for nothing any more. */
  idle(subscriber: Subscriber): void;
  /** It wants no more. */
  stopped(): void;
  tell(error: StepLogError): void;
}

/** One subscription: calls its listener, one event at a time, and keeps its failures to itself. */
export class Subscriber {
  readonly options: SubscriberOptions;
  delivered = 0;
  dropped = 0;
  failed = 0;

  readonly #counts: Counts;
  readonly #host: SubscriberHost;
  #queue: Emitted[] = [];
  #queuedBytes = 0;
  #busySince: number | undefined;
  #draining = false;
  #stopped = false;
  // Each trouble is told once, until it is over.
  #toldFull = false;
  #toldStall = false;

  constructor(options: SubscriberOptions, counts: Counts, host: SubscriberHost) {
    this.options = options;
    this.#counts = counts;
    this.#host = host;
  }

  stats(): SubscriberStats {
    const { delivered, dropped, failed } = this;
    const since = this.#busySince;
    const busyMs = since === undefined ? null : performance.now() - since;
    const queued = this.#queue.length;
    return { pattern: this.options.pattern, delivered, dropped, failed, queued, busyMs };
  }

  /** Calls the listener, or has the event wait while it is busy. Never throws. */
  deliver(emitted: Emitted): void {
    if (this.#stopped) return;
    if (this.#busySince === undefined && !this.#draining) this.#call(emitted);
    else this.#enqueue(emitted);
  }

  /** Ends the subscription; what waits is forgotten. */
  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#queue = [];
    this.#queuedBytes = 0;
    this.#host.stopped();
    this.#host.idle(this);
  }

  /** Reports it, if it has been busy with one event for so long. */
  checkStall(stallMs: number): void {
    const details = { ...this.stats() };
    if (this.#toldStall || (details.busyMs ?? 0) < stallMs) return;
    this.#toldStall = true;
    const message = `a subscriber of ${details.pattern} has been busy with one event for over ${stallMs} ms; ${details.queued} more wait for it`;
    this.#host.tell(new StepLogError("STALLED", message, { details }));
  }

  #call({ event }: Emitted): void {
    if (this.options.once) this.stop();
    this.delivered++;
    this.#counts.delivered++;
    let pending: Promise<unknown>;
    try {
      const result = (this.options.listener as Listener<unknown>)(event);
      if (!isThenable(result)) return;
      pending = Promise.resolve(result);
    } catch (cause) {
      this.#fail(cause);
      return;
    }
    this.#busySince = performance.now();
    this.#host.busy(this);
    void pending.catch((cause) => this.#fail(cause)).then(() => this.#goOn());
  }

  #goOn(): void {
    this.#busySince = undefined;
    this.#toldStall = false;
    this.#draining = true;
    while (this.#busySince === undefined) {
      const next = this.#queue.shift();
      if (next === undefined) break;
      this.#queuedBytes -= next.bytes;
      this.#call(next);
    }
    this.#draining = false;
    if (this.#queue.length === 0) this.#toldFull = false;
    if (this.#busySince === undefined) this.#host.idle(this);
  }

  #enqueue(emitted: Emitted): void {
    const { pattern, maxQueue, maxQueueBytes } = this.options;
    const bytes = this.#queuedBytes + emitted.bytes;
    if (this.#queue.length < maxQueue && bytes <= maxQueueBytes) {
      this.#queue.push(emitted);
      this.#queuedBytes = bytes;
      return;
    }
    this.dropped++;
    this.#counts.dropped++;
    if (this.#toldFull) return;
    this.#toldFull = true;
    const message = `a subscriber of ${pattern} is too slow: ${this.#queue.length} events wait for it, further ones are dropped`;
    this.#host.tell(new StepLogError("QUEUE_FULL", message, { details: { ...this.stats() } }));
  }

  #fail(cause: unknown): void {
    this.failed++;
    this.#counts.failed++;
    const message = `a subscriber of ${this.options.pattern} failed`;
    const details = { ...this.stats() };
    this.#host.tell(new StepLogError("CALLBACK_FAILED", message, { cause, details }));
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  if (value === null || (typeof value !== "object" && typeof value !== "function")) return false;
  return typeof Reflect.get(value, "then") === "function";
}
