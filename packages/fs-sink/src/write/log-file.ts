import {
  closeSync,
  fdatasync,
  fdatasyncSync,
  fstatSync,
  readSync,
  writeSync,
  writev,
  writevSync,
} from "node:fs";
import { statIfThere } from "../stat-if-there.ts";
import { missingLines, type Span } from "./missing-lines.ts";
import { type OpenFile, openLogFile } from "./open-log-file.ts";
import { pause } from "./pause.ts";

const NEWLINE = 10;
const NEWLINE_BYTES = Buffer.of(NEWLINE);
// Lines are looked for among what others wrote since, this far from its beginning and from its end.
// Further away from both, after this process was stopped for seconds, they would be written twice.
const MAX_READ_BACK = 32 * 1024 * 1024;

// A write of 1 MiB takes below 1 ms, but its writer may have to wait for a processor; what has not
// grown for so many milliseconds is a stub.
const STUB_LOOKS = 20;
// As much as several writers write in a millisecond or two.
const KEPT_REGION = 256 * 1024;
// What others write between two lines of ours is less, as a rule.
const AHEAD_BYTES = 8_192;

/** The file is not, or not any more, the one at its path. */
export class FileGone extends Error {}

/**
 * One open file, appended to so that a line is whole or not there.
 *
 * `O_APPEND` and one `write` a batch keep the bytes of writers apart. What is left are the writes
 * that did not come to their end, of a writer that was killed or of a full disk: before a write the
 * end of the file is looked at, so that no line is glued to a stub; after it the size, so that a line
 * which did not land whole is written again.
 */
export class LogFile {
  readonly path: string;
  readonly bornAtMs: number;
  readonly #file: OpenFile;
  /** Where the file ended when we last knew. */
  #end: number;
  /** Whether a stub stands there, which must be closed before anything else is written. */
  #stub: boolean;
  /** Bytes of our own first line that stand there, as long as nobody writes behind them. */
  #begun = 0;
  /** Where the file ended right before the last `append`. */
  #appendedAt = 0;

  /**
   * Opens or makes the file.
   *
   * @throws StepLogError `UNSAFE_FILE`; errors of the file system as they are.
   */
  constructor(path: string, mode: number, syncFolder: boolean) {
    this.path = path;
    this.#file = openLogFile(path, mode, syncFolder);
    this.bornAtMs = this.#file.bornAtMs;
    this.#end = this.#file.size;
    try {
      this.#stub = this.#endsOpen(this.#end);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Size as far as it is known. */
  get size(): number {
    return this.#end;
  }

  /** Where the last whole line ends, as far as it is known. */
  get lineEnd(): number {
    return this.#end - this.#begun;
  }

  /** Where the lines of the last `append` are to be looked for, at the earliest. */
  get appendedAt(): number {
    return this.#appendedAt;
  }

  /** Size as it is. */
  currentSize(): number {
    return fstatSync(this.#file.fd).size;
  }

  /**
   * Appends the line `bytes[from, to)` with one system call and without looking. Right only while
   * nobody else writes; `missing` finds out whether that was so.
   *
   * @returns As `append`.
   */
  appendBlindly(bytes: Buffer, from: number, to: number): number {
    if (this.#stub || this.#begun > 0) return this.append(bytes, from, to);
    const written = writeSync(this.#file.fd, bytes, from, to - from);
    if (written < to - from) return this.#settle(bytes, from, to, written);
    this.#end += written;
    return to;
  }

  /**
   * Appends the lines `bytes[from, to)`, having looked at the end of the file.
   *
   * @returns Up to where they are in the file: the beginning of a line, less than `to` after a short
   * write. The next call must begin there, and gets to see why.
   * @throws FileGone when the file was deleted; errors of the file system as they are.
   */
  append(bytes: Buffer, from: number, to: number): number {
    const [first, ...rest] = this.#prepare(bytes, from, to);
    const { fd } = this.#file;
    const written = rest.length > 0 ? writevSync(fd, [first, ...rest]) : writeSync(fd, first);
    return this.#settle(bytes, from, to, written);
  }

  /** `append` without blocking; nothing else may be appended before it has ended. */
  async appendAsync(bytes: Buffer, from: number, to: number): Promise<number> {
    const parts = this.#prepare(bytes, from, to);
    const bytesWritten = await writevAsync(this.#file.fd, parts);
    return this.#settle(bytes, from, to, bytesWritten);
  }

  /**
   * Finds out which of the lines `bytes[from, to)`, written since the file ended at `before`, do not
   * stand in the file, and must be written again.
   *
   * @throws FileGone when the file was deleted; errors of the file system as they are.
   */
  missing(bytes: Buffer, from: number, to: number, before: number): readonly Span[] {
    const { size, nlink } = fstatSync(this.#file.fd);
    if (nlink === 0) throw new FileGone(`${this.path} was deleted`);
    if (size === this.#end) return NONE;
    const start = before < size ? before : 0; // shorter than before: somebody truncated it
    const among = (spans: readonly Span[], from: number, to: number) => {
      const region = this.#read(from, to);
      return spans.filter((span) => missingLines(bytes, span.from, span.to, region).length > 0);
    };
    const nearEnd = Math.min(size, start + MAX_READ_BACK);
    let missing: readonly Span[] = missingLines(bytes, from, to, this.#read(start, nearEnd));
    if (missing.length > 0 && nearEnd < size) {
      missing = among(missing, Math.max(nearEnd, size - MAX_READ_BACK), size);
    }
    // Or it was truncated, and is longer again by now.
    if (missing.length > 0) missing = among(missing, Math.max(0, start - MAX_READ_BACK), nearEnd);
    this.#moveEnd(size); // not before all is read, since reading may fail, and is then done again
    return missing;
  }

  /** Whether the path leads to this file still. */
  isCurrent(): boolean {
    const stat = statIfThere(this.path);
    return stat !== undefined && stat.ino === this.#file.ino && stat.dev === this.#file.dev;
  }

  /** Writes what the kernel holds of the file to the disk. */
  async sync(): Promise<void> {
    await fdatasyncAsync(this.#file.fd);
  }

  /** `sync`, at once. */
  syncNow(): void {
    fdatasyncSync(this.#file.fd);
  }

  close(): void {
    closeSync(this.#file.fd);
  }

  /** Finds out where the file ends; says what to write, so that it begins on a line of its own. */
  #prepare(bytes: Buffer, from: number, to: number): [Buffer, ...Buffer[]] {
    if (!this.#readOn()) {
      const { size, nlink } = fstatSync(this.#file.fd);
      if (nlink === 0) throw new FileGone(`${this.path} was deleted`);
      if (size !== this.#end) this.#moveEnd(size);
    }
    if (this.#stub) this.#awaitOthers();
    this.#appendedAt = this.lineEnd;
    const lines = bytes.subarray(from + this.#begun, to);
    return this.#stub ? [NEWLINE_BYTES, lines] : [lines];
  }

  /**
   * Reads on from the last byte that is known, which takes half the time of asking for the size, and
   * shows the last byte too; says whether that led to the end. That the file was deleted shows when
   * it is looked whether the lines stand.
   */
  #readOn(): boolean {
    if (this.#end === 0) return false;
    const read = readSync(this.#file.fd, ahead, 0, AHEAD_BYTES, this.#end - 1);
    if (read === 0 || read === AHEAD_BYTES) return false; // truncated, or far from the end
    if (read > 1) {
      this.#end += read - 1;
      this.#begun = 0;
      this.#stub = ahead[read - 1] !== NEWLINE;
    }
    return true;
  }

  /** Books what was written, and finds the beginning of the line that was cut, if one was. */
  #settle(bytes: Buffer, from: number, to: number, written: number): number {
    this.#end += written;
    if (this.#stub && written > 0) {
      this.#stub = false;
      written--;
    }
    const landed = from + this.#begun + written;
    const done = landed === to ? to : Math.max(from, bytes.lastIndexOf(NEWLINE, landed - 1) + 1);
    this.#begun = landed - done;
    return done;
  }

  /** Others wrote, or somebody truncated the file; what we had begun is theirs to close. */
  #moveEnd(size: number): void {
    this.#stub = this.#endsOpen(size); // first, since it may fail, and is then done again
    this.#end = size;
    this.#begun = 0;
  }

  /** What looks like a stub may be a write that is under way: the size grows page by page. */
  #awaitOthers(): void {
    for (let still = 0; still < STUB_LOOKS && this.#stub; still++) {
      pause(1);
      const { size } = fstatSync(this.#file.fd);
      if (size === this.#end) continue;
      this.#moveEnd(size);
      still = 0;
    }
  }

  #endsOpen(size: number): boolean {
    return size > 0 && this.#read(size - 1, size)[0] !== NEWLINE;
  }

  /** Part of the file, to be looked at before the next is read. */
  #read(from: number, to: number): Buffer {
    const size = to - from;
    const bytes = size > KEPT_REGION ? Buffer.allocUnsafe(size) : keptRegion().subarray(0, size);
    let length = 0;
    while (length < bytes.length) {
      const read = readSync(this.#file.fd, bytes, length, bytes.length - length, from + length);
      if (read === 0) break;
      length += read;
    }
    return bytes.subarray(0, length);
  }
}

function fdatasyncAsync(fd: number): Promise<void> {
  return new Promise((resolve, reject) => {
    fdatasync(fd, (error) => (error === null ? resolve() : reject(error)));
  });
}

function writevAsync(fd: number, parts: readonly Uint8Array[]): Promise<number> {
  return new Promise((resolve, reject) => {
    writev(fd, parts, (error, written) => (error === null ? resolve(written) : reject(error)));
  });
}

let kept: Buffer | undefined;

function keptRegion(): Buffer {
  kept ??= Buffer.allocUnsafe(KEPT_REGION);
  return kept;
}

const NONE: readonly Span[] = [];
// Nobody reads in it but for a moment.
const ahead = Buffer.allocUnsafe(AHEAD_BYTES);
