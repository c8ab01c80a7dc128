import type { Part } from "./part.ts";

interface Wait {
  readonly parts: Set<Part>;
  refusal: unknown;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

/** Those who wait for parts: calls of `flush` and `close`. */
export class Waiting {
  readonly #waits = new Set<Wait>();

  /**
   * Resolves when all are settled; rejects when the store refuses everything, or, when the others are
   * settled, one of them. Forgotten when the signal is aborted.
   */
  for(parts: Iterable<Part>, signal: AbortSignal): Promise<void> {
    const set = new Set(parts);
    if (set.size === 0) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const wait = { parts: set, refusal: undefined, resolve, reject };
      this.#waits.add(wait);
      signal.addEventListener("abort", () => this.#waits.delete(wait), { once: true });
    });
  }

  /** A part is stored, or given up. */
  settled(part: Part): void {
    for (const wait of this.#waits) this.#without(wait, part);
  }

  /** The store takes others, and not this one. */
  refused(part: Part, error: unknown): void {
    for (const wait of this.#waits) {
      if (wait.parts.has(part)) wait.refusal ??= error;
      this.#without(wait, part);
    }
  }

  /** The store takes nothing. */
  parked(error: unknown): void {
    for (const wait of this.#waits) wait.reject(error);
    this.#waits.clear();
  }

  #without(wait: Wait, part: Part): void {
    if (!wait.parts.delete(part) || wait.parts.size > 0) return;
    this.#waits.delete(wait);
    if (wait.refusal === undefined) wait.resolve();
    else wait.reject(wait.refusal);
  }
}
