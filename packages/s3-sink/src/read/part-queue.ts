import { type LoadedPart, type LoadOptions, loadPart } from "./load-part.ts";
import type { StoredPart } from "./stored-part.ts";

/** Loads parts ahead of their use, in the order in which they are likely to be used. */
export class PartQueue {
  readonly #options: LoadOptions;
  readonly #most: number;
  readonly #waiting = new Set<StoredPart>();
  readonly #loading = new Map<StoredPart, Promise<LoadedPart>>();

  /** @param most Parts that are loaded ahead, at most. */
  constructor(options: LoadOptions, most: number) {
    this.#options = options;
    this.#most = most;
  }

  /** Whether more parts could be loaded ahead than it knows of. */
  get hasRoom(): boolean {
    return this.#waiting.size === 0 && this.#loading.size < this.#most;
  }

  /** Puts parts in the queue. */
  add(parts: readonly StoredPart[]): void {
    for (const part of parts) this.#waiting.add(part);
    this.#fill();
  }

  /** Gives a part, in whichever order; one that was not put in the queue too. */
  async take(part: StoredPart): Promise<LoadedPart> {
    const loading = this.#loading.get(part) ?? this.#load(part);
    try {
      return await loading;
    } finally {
      this.#loading.delete(part);
      this.#fill();
    }
  }

  /** Takes parts out again that nobody will ask for. */
  drop(parts: readonly StoredPart[]): void {
    for (const part of parts) {
      this.#waiting.delete(part);
      this.#loading.delete(part);
    }
    this.#fill();
  }

  #fill(): void {
    for (const next of this.#waiting) {
      if (this.#loading.size >= this.#most) return;
      void this.#load(next);
    }
  }

  #load(part: StoredPart): Promise<LoadedPart> {
    this.#waiting.delete(part);
    const loading = loadPart(part, this.#options);
    loading.catch(() => {}); // heard of when it is taken
    this.#loading.set(part, loading);
    return loading;
  }
}
