// A run of a few records should not hold much; a busy one soon has room for a whole part.
const FIRST_BYTES = 2_048;

/** The lines of a part that is being filled, as bytes. */
export class PartBuffer {
  #bytes: Buffer;
  #size = 0;

  /** @param expected How many bytes are to be expected; room for them is made at once. */
  constructor(expected: number = FIRST_BYTES) {
    // Not of Node's shared pool, of which a small piece would keep the whole alive.
    this.#bytes = Buffer.allocUnsafeSlow(Math.max(expected, FIRST_BYTES));
  }

  /** How many bytes were put in. */
  get size(): number {
    return this.#size;
  }

  /** The bytes; the same memory as long as nothing is put in. */
  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#size);
  }

  /** Puts a line at the end. */
  push(line: Uint8Array): void {
    const end = this.#size + line.length;
    if (end > this.#bytes.length) this.#grow(end);
    this.#bytes.set(line, this.#size);
    this.#size = end;
  }

  #grow(least: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(least, 2 * this.#bytes.length));
    this.#bytes.copy(larger, 0, 0, this.#size);
    this.#bytes = larger;
  }
}
