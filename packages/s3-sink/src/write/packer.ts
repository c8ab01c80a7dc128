import { type Effort, type Packed, pack } from "./pack.ts";
import type { Part } from "./part.ts";

// Of the four threads of libuv's pool; the others are for the program.
const AT_ONCE = 2;
// Above this, sealed bytes a second, 35 ms of CPU a MB would be felt: agents log far less.
const FLOOD_BYTES_PER_SECOND = 1_000_000;
// A burst of four parts is no flood.
const BURST_BYTES = 4_000_000;
const PAUSE_MS = 1_000;

/** Packs parts as they are sealed, so that what waits takes up little memory. */
export class Packer {
  readonly #md5: boolean;
  readonly #onPacked: () => void;
  readonly #queue: Part[] = [];
  #running = 0;
  #recentBytes = 0;
  #recentAt = 0;

  constructor(options: {
    readonly md5: boolean;
    readonly onPacked: () => void;
  }) {
    this.#md5 = options.md5;
    this.#onPacked = options.onPacked;
  }

  /** Packs a part whose lines are in memory, in its turn. */
  add(part: Part): void {
    this.#note(part.lines.size);
    this.#queue.push(part);
    this.#next();
  }

  /** Packs the lines of a part that are in the spool alone; throws what reading them throws. */
  async fromFile(part: Part): Promise<Packed> {
    const bytes = await part.file?.read();
    if (bytes === undefined) throw new Error("its lines are neither in memory nor in the spool");
    const packed = await this.#pack(part, bytes);
    part.hold({ packed });
    return packed;
  }

  #next(): void {
    while (this.#running < AT_ONCE) {
      const part = this.#queue.shift();
      if (part === undefined) return;
      const { raw } = part;
      // Meanwhile moved to the spool alone.
      if (raw === undefined) continue;
      this.#running++;
      this.#pack(part, raw)
        .then((packed) => {
          if (part.raw === raw) part.hold({ packed });
        })
        // There was no memory for it.
        .catch(() => void setTimeout(() => this.#again(part), PAUSE_MS).unref())
        .finally(() => {
          this.#running--;
          this.#next();
          this.#onPacked();
        });
    }
  }

  #again(part: Part): void {
    this.#queue.push(part);
    this.#next();
  }

  #pack(part: Part, bytes: Uint8Array): Promise<Packed> {
    const { compression } = part.lines;
    return pack(bytes, { compression, effort: this.#effort(), md5: this.#md5 });
  }

  #effort(): Effort {
    return this.#recentBytes > BURST_BYTES ? "fast" : "small";
  }

  #note(bytes: number): void {
    const now = performance.now();
    const gone = ((now - this.#recentAt) / 1_000) * FLOOD_BYTES_PER_SECOND;
    this.#recentBytes = Math.max(0, this.#recentBytes - gone) + bytes;
    this.#recentAt = now;
  }
}
