const NEWLINE = 10;
// A buffer that was needed once is kept up to here, and let go of above: some four times what a flood takes.
const KEPT_BYTES = 2 * 1024 * 1024;

/** Lines that wait to be written, as the bytes that will be. */
export class LineQueue {
  /** Set while lines are on their way to the disk, and must stay where they are. */
  pinned = false;
  #bytes: Buffer = Buffer.allocUnsafe(0);
  #from = 0;
  #to = 0;
  #count = 0;
  /** There was no memory for more. */
  #starved = false;

  /** The buffer in which the lines lie, from `from` to `to`; another one after the next `push`. */
  get bytes(): Buffer {
    return this.#bytes;
  }

  get from(): number {
    return this.#from;
  }

  get to(): number {
    return this.#to;
  }

  /** How many lines wait. */
  get count(): number {
    return this.#count;
  }

  /** How many bytes wait. */
  get size(): number {
    return this.#to - this.#from;
  }

  /** Adds a line at the end, if there is memory for it; says whether there was. */
  push(line: Uint8Array): boolean {
    // Asking in vain takes some 20 ms, of collecting garbage.
    if (this.#starved && this.#to + line.length > this.#bytes.length) return false;
    try {
      this.#append(line);
    } catch {
      this.#starved = true;
      return false;
    }
    this.#count++;
    return true;
  }

  /** Adds the whole lines in `lines` at the end. Throws a `RangeError` if there is no memory for them. */
  pushAll(lines: Uint8Array): void {
    this.#append(lines);
    this.#count += countLines(lines);
  }

  /** Where to stop, to take no more than `maxBytes` and at least one line. */
  batchEnd(maxBytes: number): number {
    if (this.size <= maxBytes) return this.#to;
    const last = this.#bytes.lastIndexOf(NEWLINE, this.#from + maxBytes - 1);
    return (last >= this.#from ? last : this.#bytes.indexOf(NEWLINE, this.#from)) + 1;
  }

  /** Takes the first `length` bytes away, whole lines; says how many lines they were. */
  take(length: number): number {
    const end = this.#from + length;
    const taken =
      end === this.#to ? this.#count : countLines(this.#bytes.subarray(this.#from, end));
    this.#from = end;
    this.#count -= taken;
    this.#starved = false;
    if (this.#from === this.#to) {
      this.#from = 0;
      this.#to = 0;
      if (this.#bytes.length > KEPT_BYTES) this.#bytes = Buffer.allocUnsafe(0);
    }
    return taken;
  }

  #append(bytes: Uint8Array): void {
    this.#makeRoom(bytes.length);
    this.#bytes.set(bytes, this.#to);
    this.#to += bytes.length;
  }

  /** Moves the lines to the front, where that frees half of the buffer; else to a larger one. */
  #makeRoom(bytes: number): void {
    if (this.#to + bytes <= this.#bytes.length) return;
    const wanted = 2 * (this.size + bytes);
    const stays = wanted <= this.#bytes.length && !this.pinned;
    const buffer = stays ? this.#bytes : Buffer.allocUnsafe(Math.max(65_536, wanted));
    this.#to = this.#bytes.copy(buffer, 0, this.#from, this.#to);
    this.#from = 0;
    this.#bytes = buffer;
  }
}

/** How many lines end in `bytes`. */
export function countLines(bytes: Uint8Array): number {
  let count = 0;
  for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) count++;
  return count;
}

/** The whole lines in `bytes`, each with its `\n`. */
export function* linesIn(bytes: Uint8Array): Generator<Buffer, void, void> {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let from = 0, to = 0; from < all.length; from = to) {
    to = all.indexOf(NEWLINE, from) + 1;
    if (to === 0) return; // no line without its end
    yield all.subarray(from, to);
  }
}
