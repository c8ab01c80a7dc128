import * as fs from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { nodeFsPromises } from "../lazy-builtins.ts";

/** What a file of the spool asks of its spool. */
export interface SpoolHost {
  /** A file was opened; another may have to be closed for it. */
  opened(file: SpoolFile): void;
  closed(file: SpoolFile): void;
  /** The spool has got so much larger, or smaller. */
  grew(bytes: number): void;
}

/** The copy of one part on the disk: a first line that says whose it is, then the lines of the part. */
export class SpoolFile {
  readonly #host: SpoolHost;
  #path: string;
  #size: number;
  #headerBytes: number;
  #fd: number | undefined;
  #isDirty = false;
  #syncing: Promise<void> | undefined;
  #isGone = false;

  constructor(
    host: SpoolHost,
    path: string,
    known: { readonly size: number; readonly headerBytes: number; readonly fd?: number },
  ) {
    this.#host = host;
    this.#path = path;
    this.#size = known.size;
    this.#headerBytes = known.headerBytes;
    this.#fd = known.fd;
  }

  /** Makes a file with its first line; throws when it cannot be made. */
  static create(host: SpoolHost, path: string, header: Uint8Array): SpoolFile {
    const fd = fs.openSync(path, "wx", 0o600);
    const file = new SpoolFile(host, path, { size: 0, headerBytes: header.length, fd });
    host.opened(file);
    try {
      file.append(header);
    } catch (error) {
      file.removeSync();
      throw error;
    }
    return file;
  }

  get path(): string {
    return this.#path;
  }

  /** Puts bytes at the end, all of them or, when it throws, none that count. */
  append(bytes: Uint8Array): void {
    this.#open();
    const fd = this.#fd as number;
    let done = 0;
    while (done < bytes.length) {
      const left = bytes.length - done;
      const written = fs.writeSync(fd, bytes, done, left, this.#size + done);
      if (written === 0) throw new Error("nothing could be written");
      done += written;
    }
    this.#size += bytes.length;
    this.#host.grew(bytes.length);
    this.#isDirty = true;
  }

  /** Cuts off what a failed `append` left, and gives the file the name of a sealed part. */
  seal(name: string): void {
    this.#open();
    const fd = this.#fd as number;
    if (fs.fstatSync(fd).size > this.#size) fs.ftruncateSync(fd, this.#size);
    this.rename(name);
  }

  /** Gives the file another name in its folder. */
  rename(name: string): void {
    this.moveTo(join(dirname(this.#path), name));
  }

  /** Moves the file, to where it belongs to somebody else or to nobody. */
  moveTo(path: string): void {
    fs.renameSync(this.#path, path);
    this.#path = path;
  }

  /** Has the disk keep what was put in so far; calls at the same time share the work. */
  async sync(): Promise<void> {
    await this.#syncing;
    if (!this.#isDirty || this.#isGone) return;
    this.#isDirty = false;
    this.#syncing = this.#syncNow();
    await this.#syncing;
  }

  /** Whether an error of `read` says that lines are gone for good. */
  isDamagedBy(error: unknown): boolean {
    return error instanceof RangeError || (error as NodeJS.ErrnoException).code === "ENOENT";
  }

  async #syncNow(): Promise<void> {
    // A descriptor of its own, since the other may be closed meanwhile.
    const handle = await this.#openAgain();
    try {
      await handle?.datasync();
    } catch (error) {
      this.#isDirty = true;
      throw error;
    } finally {
      await handle?.close();
    }
  }

  /** Opens it under the name that it has by then; nothing when it is stored, and gone. */
  async #openAgain(): Promise<FileHandle | undefined> {
    for (;;) {
      const path = this.#path;
      try {
        return await nodeFsPromises().open(path, "r+");
      } catch (error) {
        if (this.#isGone) return undefined;
        if (path === this.#path) throw error;
      }
    }
  }

  /** Reads the lines of the part. */
  async read(): Promise<Buffer> {
    const bytes = await nodeFsPromises().readFile(this.#path);
    if (bytes.length < this.#size) throw new RangeError(`${this.#path} has become shorter`);
    return bytes.subarray(this.#headerBytes, this.#size);
  }

  /** Closes it; it is opened again when it is needed. */
  close(): void {
    if (this.#fd === undefined) return;
    const fd = this.#fd;
    this.#fd = undefined;
    this.#host.closed(this);
    fs.closeSync(fd);
  }

  /** Removes it, with what it takes up. */
  async remove(): Promise<void> {
    this.#leave();
    await nodeFsPromises().rm(this.#path, { force: true });
  }

  removeSync(): void {
    this.#leave();
    fs.rmSync(this.#path, { force: true });
  }

  /** Puts it aside, in the folder `bad` beside it. */
  putAside(): void {
    const folder = join(dirname(this.#path), "bad");
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.moveTo(join(folder, basename(this.#path)));
    this.#leave();
  }

  #leave(): void {
    if (this.#isGone) return;
    this.#isGone = true;
    this.close();
    this.#host.grew(-this.#size);
  }

  #open(): void {
    if (this.#fd !== undefined) return;
    this.#fd = fs.openSync(this.#path, "r+");
    this.#host.opened(this);
  }
}
