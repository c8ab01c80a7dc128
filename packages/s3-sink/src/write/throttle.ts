import { backoffMs } from "./backoff.ts";

/**
 * How many parts may be on their way at once, and from when on: additive increase, multiplicative
 * decrease, and a pause for all while nothing works.
 */
export class Throttle {
  readonly #most: number;
  readonly #now: () => number;
  #limit: number;
  #failures = 0;
  #failingSince = 0;
  #closedUntil = 0;

  constructor(most: number, now: () => number = () => performance.now()) {
    this.#most = most;
    this.#limit = most;
    this.#now = now;
  }

  /** Parts that may be on their way at once. */
  get limit(): number {
    return this.#failures > 1 ? 1 : Math.floor(this.#limit);
  }

  /** Milliseconds until something may be sent; 0 when it may. */
  get waitMs(): number {
    return Math.max(0, this.#closedUntil - this.#now());
  }

  /** Failures in a row, of whichever parts. */
  get failures(): number {
    return this.#failures;
  }

  succeeded(): void {
    this.#limit = Math.min(this.#most, this.#limit + 1 / this.#limit);
    this.#failures = 0;
    this.#closedUntil = 0;
  }

  /** A failure that may be gone the next time. */
  failed(options: { readonly busy: boolean; readonly retryAfterMs: number }): void {
    if (options.busy) this.#limit = Math.max(1, this.#limit / 2);
    if (this.#failures++ === 0) this.#failingSince = this.#now();
    // One failure may be its part's own; from the second on it is the store's.
    const failures = this.#failures - 1;
    const pause = failures === 0 ? 0 : backoffMs(failures, this.#now() - this.#failingSince);
    this.#close(Math.max(pause, options.retryAfterMs));
  }

  /** The store refuses everything: so long nothing is sent. */
  park(pauseMs: number): void {
    this.#failures++;
    this.#close(pauseMs);
  }

  /** Lets one try through before its time, for somebody who waits. */
  open(): void {
    this.#closedUntil = 0;
  }

  #close(ms: number): void {
    this.#closedUntil = Math.max(this.#closedUntil, this.#now() + ms);
  }
}
