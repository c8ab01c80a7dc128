/** Memory that copies of bodies share, in bytes; each takes what it needs and gives it back. */
export interface CopyBudget {
  left: number;
}

/** Copies of the beginning of a body, as it goes by. */
export class BodyCopy {
  /** Size of what went by, in bytes. */
  bytes = 0;
  /** Whether all of it went by. */
  isWhole = false;

  readonly #maxBytes: number;
  readonly #budget: CopyBudget;
  #parts: Uint8Array[] = [];
  #kept = 0;
  #text: string | undefined;

  constructor(maxBytes: number, budget: CopyBudget) {
    this.#maxBytes = maxBytes;
    this.#budget = budget;
  }

  /** Whether as much is kept as there is room for. */
  get isFull(): boolean {
    return this.#kept >= this.#maxBytes;
  }

  /** Takes a whole body that is a text. It cannot change, so it need not be copied. */
  setText(text: string): void {
    this.#text = text;
    this.isWhole = true;
  }

  /** Takes the next bytes, and copies what there is room for. */
  add(chunk: Uint8Array): void {
    this.bytes += chunk.length;
    const room = Math.min(this.#maxBytes - this.#kept, this.#budget.left);
    if (room <= 0) return;
    // Not `slice`, which of a Buffer would copy nothing.
    const part = new Uint8Array(chunk.subarray(0, room));
    this.#parts.push(part);
    this.#kept += part.length;
    this.#budget.left -= part.length;
  }

  /** The text it was given, if it was. */
  get text(): string | undefined {
    return this.#text;
  }

  /** What was kept, at most the first `maxBytes` of it. */
  kept(maxBytes: number = this.#maxBytes): Uint8Array {
    const whole = new Uint8Array(Math.min(this.#kept, maxBytes));
    let at = 0;
    for (const part of this.#parts) {
      whole.set(part.subarray(0, whole.length - at), at);
      at += part.length;
      if (at >= whole.length) break;
    }
    return whole;
  }

  /** Forgets what was kept. */
  release(): void {
    this.#budget.left += this.#kept;
    this.#kept = 0;
    this.#parts = [];
    this.#text = undefined;
  }
}
