import type { Entry } from "@step-log/core";
import { type Compression, runDay, runSlug, utcDay } from "../part-key.ts";
import type { SpoolFile } from "../spool/spool-file.ts";
import { type Memory, Part, type SealedLines } from "./part.ts";
import { PartBuffer } from "./part-buffer.ts";

/** The part of a run that is being filled. */
export interface OpenPart {
  readonly buffer: PartBuffer;
  /** When its first record came, by `performance.now()`. */
  readonly openedAt: number;
  file: SpoolFile | undefined;
  first: number;
  last: number;
  count: number;
}

/** What a sink knows of a run. */
export class RunLog {
  readonly runId: string;
  readonly slug: string;
  readonly day: string;
  /** Never the one of another `RunLog`, so that no key is given twice, whatever was forgotten. */
  writer: string = newWriter();
  seq = 0;
  open: OpenPart | undefined;
  /** Sealed parts that are not stored yet. */
  unstored = 0;
  hasEnded = false;
  /** Size of the last part: a busy run fills the next one as far. */
  #lastSize = 0;

  constructor({ runId, record }: Entry) {
    this.runId = runId;
    this.slug = runSlug(runId);
    this.day = runDay(runId) ?? dayOf(record.ts);
  }

  /** Whether nothing would be lost if the sink forgot it. */
  get isIdle(): boolean {
    return this.open === undefined && this.unstored === 0;
  }

  begin(file: SpoolFile | undefined): OpenPart {
    const first = Number.MAX_SAFE_INTEGER;
    const openedAt = performance.now();
    const buffer = new PartBuffer(this.#lastSize);
    this.open = { buffer, openedAt, file, first, last: 0, count: 0 };
    return this.open;
  }

  /** Ends the part that is being filled; from now on its key is fixed. */
  seal(compression: Compression, memory: Memory): Part | undefined {
    const { open, runId, slug, day, writer } = this;
    if (open === undefined) return undefined;
    const { first, last, count, buffer, file } = open;
    const lines: SealedLines = {
      ...{ runId, slug, day, writer, seq: this.seq++, first, last, count },
      size: buffer.size,
      compression,
    };
    this.open = undefined;
    this.#lastSize = buffer.size;
    this.unstored++;
    memory.bytes -= buffer.size;
    const part = new Part(lines, memory, file);
    part.hold({ raw: buffer.bytes });
    return part;
  }

  /** Goes on under another writer, since somebody has taken a key of this one. */
  changeWriter(): void {
    this.writer = newWriter();
    this.seq = 0;
  }
}

/** 64 random bits in hex. */
export function newWriter(): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(8))).toString("hex");
}

function dayOf(ts: number): string {
  const day = Number.isFinite(ts) && Math.abs(ts) < 8e12 ? utcDay(ts * 1_000) : "";
  // Years beyond 9999 have more digits.
  return /^\d{4}-/.test(day) ? day : utcDay(Date.now());
}
