import { type Compression, partKey } from "../part-key.ts";
import type { SpoolFile } from "../spool/spool-file.ts";
import type { Packed } from "./pack.ts";

/** What is fixed of a part when it is sealed, before it is sent for the first time. */
export interface SealedLines {
  readonly runId: string;
  readonly slug: string;
  readonly day: string;
  readonly writer: string;
  readonly seq: number;
  readonly first: number;
  readonly last: number;
  readonly count: number;
  /** Size of the lines. */
  readonly size: number;
  readonly compression: Compression;
}

/** How much memory all parts of a sink take up. */
export interface Memory {
  bytes: number;
}

/** A sealed part on its way to the bucket. */
export class Part {
  readonly lines: SealedLines;
  /** Whose writer id its key has; another one after a conflict. */
  writer: string;
  /** Its copy in the spool, whole, if it has one. */
  file: SpoolFile | undefined;
  /** Whether an earlier try may have stored it without our hearing of it. */
  maybeStored = false;
  /** Tries that have failed. */
  failures = 0;
  /** Not to be sent before this time of `performance.now()`. */
  notBefore = 0;
  isSending = false;
  /** How many parts had been stored when the store first refused this one for what it is. */
  refusedAfter: number | undefined;

  readonly #memory: Memory;
  #raw: Uint8Array | undefined;
  #packed: Packed | undefined;

  constructor(lines: SealedLines, memory: Memory, file?: SpoolFile) {
    this.lines = lines;
    this.writer = lines.writer;
    this.file = file;
    this.#memory = memory;
  }

  /** Its lines, until they are packed, or the spool alone has them. */
  get raw(): Uint8Array | undefined {
    return this.#raw;
  }

  /** What is sent. */
  get packed(): Packed | undefined {
    return this.#packed;
  }

  /** What it takes up in memory. */
  get heldBytes(): number {
    return this.#packed?.body.length ?? this.#raw?.length ?? 0;
  }

  /** Holds its content in this form, in the place of what it held. */
  hold(content: { readonly raw?: Uint8Array; readonly packed?: Packed }): void {
    const before = this.heldBytes;
    this.#raw = content.raw;
    this.#packed = content.packed;
    this.#memory.bytes += this.heldBytes - before;
  }

  key(prefix: string): string {
    return partKey(prefix, { ...this.lines, writer: this.writer });
  }
}
