import type { ErrorListener } from "@step-log/core";

/** Options of `eventBus`. */
export interface EventBusOptions {
  /** How many of the last events are kept for subscribers to come. @defaultValue 0 */
  readonly replay?: number;
  /**
   * How many events may wait for a subscriber that is busy; what comes on top is dropped for it and
   * counted. @defaultValue 1000, of 300 B each some 0.3 MB
   */
  readonly maxQueue?: number;
  /**
   * How many bytes may wait for a subscriber, and be kept for `replay`, as far as who emits tells their size
   * (`busSink` does). @defaultValue 16777216, 16 MiB
   */
  readonly maxQueueBytes?: number;
  /** From when on a subscriber that is busy with one event is reported, in ms. @defaultValue 30000 */
  readonly stallMs?: number;
  /** Hears of problems. Default: one warning on stderr for each code. */
  readonly onError?: ErrorListener;
}

/** Options of a subscription. */
export interface SubscribeOptions {
  /** Ends the subscription. */
  readonly signal?: AbortSignal | undefined;
  /** How many of the events that were kept it gets first; `true`: all. @defaultValue 0 */
  readonly replay?: number | boolean;
  /** Default: that of the bus. */
  readonly maxQueue?: number;
}

// A browser's `setTimeout` takes no more than 31 bits, and makes 1 ms of what is longer.
const MAX_STALL_MS = 2 ** 31 - 1;

/** Throws a `TypeError` for options that cannot be meant. */
export function checkBusOptions(options: EventBusOptions): void {
  const { replay = 0, maxQueue = 1, maxQueueBytes = 1, stallMs = 1, onError } = options;
  expectWhole("eventBus: replay", replay, 0);
  expectWhole("eventBus: maxQueue", maxQueue, 0);
  expectWhole("eventBus: maxQueueBytes", maxQueueBytes, 0);
  expectWhole("eventBus: stallMs", stallMs, 1, MAX_STALL_MS);
  if (onError !== undefined && typeof onError !== "function") {
    throw new TypeError(`eventBus: onError must be a function, got ${typeof onError}`);
  }
}

/** Throws a `TypeError` for options that cannot be meant. */
export function checkSubscribeOptions(options: SubscribeOptions): void {
  const { signal, replay = 0, maxQueue = 1 } = options;
  if (typeof replay !== "boolean") expectWhole("replay", replay, 0);
  expectWhole("maxQueue", maxQueue, 0);
  if (signal !== undefined && typeof signal?.addEventListener !== "function") {
    throw new TypeError(`signal must be an AbortSignal, got ${typeof signal}`);
  }
}

function expectWhole(
  name: string,
  value: number,
  least: number,
  most: number = Number.MAX_SAFE_INTEGER,
): void {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return;
  throw new TypeError(`${name} must be a whole number from ${least} to ${most}, got ${value}`);
}
