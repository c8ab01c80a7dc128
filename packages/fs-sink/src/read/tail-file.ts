import type { FileHandle } from "node:fs/promises";
import { StepLogError } from "@step-log/core";
import { type FileIdentity, identityOf, isSameFile } from "./file-identity.ts";
import { openForReading } from "./open-for-reading.ts";
import { type ReadItem, RecordCutter, type RecordCutterOptions } from "./record-cutter.ts";

/** A file that grows, and how far it has been read. */
export class TailFile {
  /** Changes when the file is put aside. */
  path: string;
  /** Whether the file is known to have been put aside. */
  isPutAside = false;
  /** When something came of it last, by `performance.now()`. */
  lastGrowth: number = performance.now();
  readonly #options: RecordCutterOptions;
  #identity: FileIdentity;
  #handle: FileHandle | undefined;
  #cutter: RecordCutter;
  #position: number;

  private constructor(
    path: string,
    identity: FileIdentity,
    handle: FileHandle,
    offset: number,
    options: RecordCutterOptions,
  ) {
    this.path = path;
    this.#identity = identity;
    this.#handle = handle;
    this.#position = offset;
    this.#options = options;
    this.#cutter = new RecordCutter(path, { ...options, offset });
  }

  /**
   * Opens a file to read it from its start, or only the lines that are yet to come.
   *
   * @throws StepLogError `NOT_FOUND`, `UNSAFE_FILE`, `READ_FAILED`
   */
  static async open(
    path: string,
    from: "start" | "end",
    options: RecordCutterOptions,
  ): Promise<TailFile> {
    const { handle, identity, size } = await openForReading(path);
    const offset = from === "start" ? 0 : await lastLineStart(handle, size);
    return new TailFile(path, identity, handle, offset, options);
  }

  /** Whether what was found is this file. */
  is(found: FileIdentity | undefined): boolean {
    return isSameFile(this.#identity, found);
  }

  /** Whether it holds the file open. */
  get isOpen(): boolean {
    return this.#handle !== undefined;
  }

  /** How far the file has been read. */
  get readTo(): number {
    return this.#position;
  }

  /** How far the file has been read, but for a line that is not complete. */
  get offset(): number {
    return this.#cutter.offset;
  }

  /**
   * Reads what has come by now; a line only once it is complete.
   *
   * @throws StepLogError `BAD_LINE`, `READ_FAILED`
   */
  async *read(scratch: Buffer): AsyncGenerator<ReadItem[], void, void> {
    const handle = await this.#open();
    if (handle === undefined) return;
    const stats = await handle.stat({ bigint: true });
    const size = Number(stats.size);
    this.#identity = identityOf(stats);
    if (size < this.#position) {
      // Somebody cut the file: what stands there now is new.
      const rest = this.end();
      this.#restart(0);
      if (rest.length > 0) yield rest;
    }
    while (this.#position < size) {
      const { bytesRead } = await handle
        .read(scratch, 0, scratch.length, this.#position)
        .catch((cause) => {
          throw readFailed(this.path, cause);
        });
      if (bytesRead === 0) return;
      this.#position += bytesRead;
      this.lastGrowth = performance.now();
      const items = this.#cutter.push(scratch.subarray(0, bytesRead));
      if (items.length > 0) yield items;
    }
  }

  /** What is left when no more will come: a last line without its end. */
  end(): ReadItem[] {
    return this.#cutter.end();
  }

  /** Lets the file go until it is read again. */
  async release(): Promise<void> {
    const handle = this.#handle;
    if (handle === undefined || this.#cutter.isHolding) return;
    this.#handle = undefined;
    this.#restart(this.offset);
    await handle.close();
  }

  async close(): Promise<void> {
    await this.#handle?.close();
    this.#handle = undefined;
  }

  #restart(offset: number): void {
    this.#position = offset;
    this.#cutter = new RecordCutter(this.path, { ...this.#options, offset });
  }

  /** The name may have passed to another file; then there is nothing to be had by it. */
  async #open(): Promise<FileHandle | undefined> {
    if (this.#handle !== undefined) return this.#handle;
    const opened = await openForReading(this.path).catch(() => undefined);
    if (this.is(opened?.identity)) this.#handle = opened?.handle;
    else await opened?.handle.close();
    return this.#handle;
  }
}

function readFailed(path: string, cause: NodeJS.ErrnoException): StepLogError {
  const message = `${path} cannot be read further (${cause.code})`;
  return new StepLogError("READ_FAILED", message, { cause, details: { path, code: cause.code } });
}

// As far back as it looks for the start of a line that is being written.
const MAX_BACK_BYTES = 64 * 1024 * 1024;
const BACK_BYTES = 64 * 1024;

async function lastLineStart(handle: FileHandle, size: number): Promise<number> {
  const bytes = Buffer.allocUnsafeSlow(Math.min(BACK_BYTES, size));
  for (let end = size; end > Math.max(0, size - MAX_BACK_BYTES); ) {
    const start = Math.max(0, end - bytes.length);
    await handle.read(bytes, 0, end - start, start);
    const newline = bytes.subarray(0, end - start).lastIndexOf(10);
    if (newline >= 0) return start + newline + 1;
    end = start;
  }
  return size <= MAX_BACK_BYTES ? 0 : size;
}
