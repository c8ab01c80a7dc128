import { StepLogError } from "@step-log/core";
import { type FileIdentity, isSameFile } from "./file-identity.ts";
import { type ReadableFile, tryToOpen } from "./readable-file.ts";
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
  #file: ReadableFile | undefined;
  #cutter: RecordCutter;
  #position: number;

  private constructor(file: ReadableFile, offset: number, options: RecordCutterOptions) {
    this.path = file.path;
    this.#identity = file.identity;
    this.#file = file;
    this.#position = offset;
    this.#options = options;
    this.#cutter = new RecordCutter(file.path, { ...options, offset });
  }

  /** Begins with the start of a file, or with the lines that are yet to come. */
  static async begin(
    file: ReadableFile,
    from: "start" | "end",
    options: RecordCutterOptions,
  ): Promise<TailFile> {
    const offset = from === "start" ? 0 : await lastLineStart(file);
    return new TailFile(file, offset, options);
  }

  /** Whether what was found is this file. */
  is(found: FileIdentity | undefined): boolean {
    return isSameFile(this.#identity, found);
  }

  /** Whether it holds the file open. */
  get isOpen(): boolean {
    return this.#file !== undefined;
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
    const file = this.#opened();
    if (file === undefined) return;
    const { size, identity } = file.look();
    this.#identity = identity;
    if (size < this.#position) {
      // Somebody cut the file: what stands there now is new.
      const rest = this.end();
      this.#restart(0);
      if (rest.length > 0) yield rest;
    }
    while (this.#position < size) {
      const bytesRead = await file.read(scratch, this.#position).catch((cause) => {
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
  release(): void {
    if (this.#cutter.isHolding) return;
    this.#restart(this.offset);
    this.close();
  }

  close(): void {
    this.#file?.close();
    this.#file = undefined;
  }

  #restart(offset: number): void {
    this.#position = offset;
    this.#cutter = new RecordCutter(this.path, { ...this.#options, offset });
  }

  /** The name may have passed to another file; then there is nothing to be had by it. */
  #opened(): ReadableFile | undefined {
    if (this.#file !== undefined) return this.#file;
    const file = tryToOpen(this.path);
    if (file instanceof Error) return undefined;
    if (this.is(file.identity)) this.#file = file;
    else file.close();
    return this.#file;
  }
}

function readFailed(path: string, cause: NodeJS.ErrnoException): StepLogError {
  const message = `${path} cannot be read further (${cause.code})`;
  return new StepLogError("READ_FAILED", message, { cause, details: { path, code: cause.code } });
}

// As far back as it looks for the start of a line that is being written.
const MAX_BACK_BYTES = 64 * 1024 * 1024;
const BACK_BYTES = 64 * 1024;

async function lastLineStart(file: ReadableFile): Promise<number> {
  const { size } = file;
  const buffer = Buffer.allocUnsafeSlow(Math.min(BACK_BYTES, size));
  for (let end = size; end > Math.max(0, size - MAX_BACK_BYTES); ) {
    const start = Math.max(0, end - buffer.length);
    const bytes = buffer.subarray(0, end - start);
    await file.read(bytes, start);
    const newline = bytes.lastIndexOf(10);
    if (newline >= 0) return start + newline + 1;
    end = start;
  }
  return size <= MAX_BACK_BYTES ? 0 : size;
}
