import * as fs from "node:fs";
import { join } from "node:path";
import { StepLogError } from "@step-log/core";
import { nodeFsPromises, sha256Of } from "../lazy-builtins.ts";
import type { OpenStore } from "../store/open-store.ts";
import type { SealedLines } from "../write/part.ts";
import { SpoolFile, type SpoolHost } from "./spool-file.ts";
import { headerLine, openName, type SpoolHeader, sealedName } from "./spool-names.ts";
import { thisOwner } from "./spool-owner.ts";

// Processes may open 1,024 files as a rule; one opened earlier makes room.
const MAX_OPEN_FILES = 128;
// After a failure the disk is left alone for so long; parts begun meanwhile are in memory alone.
const PAUSE_MS = 1_000;
// Two writes in a row that take longer than this would be felt by the agent.
const SLOW_MS = 100;
const SLOW_PAUSE_MS = 5_000;
const TELL_AGAIN_MS = 60_000;

/** The name of the file that says whose a folder is. */
export const LOCK = "LOCK";

/** What a spool is made of. */
export interface SpoolOptions {
  /** The folder of all spools. */
  readonly dir: string;
  readonly place: Pick<OpenStore, "service" | "bucket" | "prefix">;
  /** The id of the sink, as which its own folder is named. */
  readonly id: string;
  readonly maxBytes: number;
  tell(error: StepLogError): void;
}

/**
 * Copies on a local disk of what is not stored yet, in `<dir>/<hash of the place>/<id of the sink>/`. A
 * part has its file whole or not at all: when the disk fails, the part is sealed with what it has, and
 * the next one is in memory alone.
 */
export class Spool implements SpoolHost {
  /** Folder of all sinks that write to this place: nothing leads from one place to another. */
  readonly root: string;
  readonly #options: SpoolOptions;
  readonly #openFiles = new Set<SpoolFile>();
  #bytes = 0;
  #isMade = false;
  #pausedUntil = 0;
  #slowWrites = 0;
  #toldAt = Number.NEGATIVE_INFINITY;

  constructor(options: SpoolOptions) {
    this.#options = options;
    const { service, bucket, prefix } = options.place;
    const hash = sha256Of(JSON.stringify([service, bucket, prefix])).slice(0, 16);
    this.root = join(options.dir, hash);
  }

  /** The folder of this sink. */
  get folder(): string {
    return join(this.root, this.#options.id);
  }

  /** What it holds. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Begins the file of a part; `undefined` while that is not possible. */
  begin(slug: string, header: SpoolHeader): SpoolFile | undefined {
    const line = headerLine(header);
    if (this.#isFull(line.length) || performance.now() < this.#pausedUntil) return undefined;
    return this.#attempt(() => {
      this.make();
      const path = join(this.folder, openName(slug, header.writer, header.seq));
      return SpoolFile.create(this, path, line);
    });
  }

  /** Puts a line into a file; says whether it is there. */
  append(file: SpoolFile, bytes: Uint8Array): boolean {
    if (this.#isFull(bytes.length)) return false;
    const began = performance.now();
    const isThere = this.#attempt(() => {
      file.append(bytes);
      return true;
    });
    this.#slowWrites = performance.now() - began > SLOW_MS ? this.#slowWrites + 1 : 0;
    if (this.#slowWrites > 1) {
      this.#slowWrites = 0;
      this.#pause(SLOW_PAUSE_MS, `the disk is slow: over ${SLOW_MS} ms for a write`);
    }
    return isThere === true;
  }

  /** Seals a file under the name of its part; a file that cannot be renamed is sealed by whoever adopts it. */
  seal(file: SpoolFile, key: string): void {
    this.#attempt(() => {
      file.seal(sealedName(key));
      file.close();
    });
  }

  /** Writes a part that is in memory alone; `undefined` when that fails. */
  writeWhole(lines: SealedLines, key: string, bytes: Uint8Array): SpoolFile | undefined {
    if (this.#isFull(bytes.length)) return undefined;
    return this.#attempt(() => {
      this.make();
      const name = openName(lines.slug, lines.writer, lines.seq);
      const file = SpoolFile.create(this, join(this.folder, name), headerLine(headerOf(lines)));
      try {
        file.append(bytes);
        file.seal(sealedName(key));
        file.close();
      } catch (error) {
        file.removeSync();
        throw error;
      }
      return file;
    });
  }

  /** Tells that something failed, at most once a minute. */
  failed(cause: unknown): void {
    this.#pause(PAUSE_MS, cause instanceof Error ? cause.message : String(cause), cause);
  }

  /** Makes the folder of this sink, with its owner in it from the first moment on. */
  make(): void {
    if (this.#isMade) return;
    fs.mkdirSync(this.root, { recursive: true, mode: 0o700 });
    const unnamed = `${this.folder}.new`;
    fs.mkdirSync(unnamed, { recursive: true, mode: 0o700 });
    fs.writeFileSync(join(unnamed, LOCK), JSON.stringify(thisOwner()), { mode: 0o600 });
    fs.renameSync(unnamed, this.folder);
    this.#isMade = true;
  }

  /** Has the disk keep whose the folder is, and the names of what is in it. */
  async sync(): Promise<void> {
    if (!this.#isMade) return;
    for (const path of [join(this.folder, LOCK), this.folder, this.root]) {
      const handle = await nodeFsPromises().open(path, "r");
      await handle.sync().finally(() => handle.close());
    }
  }

  /** Lets go of the folder, and removes it if nothing is left in it. */
  close(): void {
    for (const file of this.#openFiles) file.close();
    if (!this.#isMade) return;
    try {
      if (fs.readdirSync(this.folder).length > 1) return;
      fs.rmSync(join(this.folder, LOCK), { force: true });
      fs.rmdirSync(this.folder);
      this.#isMade = false;
      fs.rmdirSync(this.root);
    } catch {
      // Others have theirs in it, or somebody has removed it.
    }
  }

  opened(file: SpoolFile): void {
    if (this.#openFiles.size >= MAX_OPEN_FILES) {
      const [first] = this.#openFiles;
      first?.close();
    }
    this.#openFiles.add(file);
  }

  closed(file: SpoolFile): void {
    this.#openFiles.delete(file);
  }

  grew(bytes: number): void {
    this.#bytes += bytes;
  }

  #isFull(more: number): boolean {
    const isFull = this.#bytes + more > this.#options.maxBytes;
    if (isFull) this.#pause(PAUSE_MS, `it holds maxSpoolBytes, ${this.#options.maxBytes}`);
    return isFull;
  }

  #attempt<T>(work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      // Somebody has removed the folder; it is made anew the next time.
      if ((error as NodeJS.ErrnoException).code === "ENOENT") this.#isMade = false;
      this.failed(error);
      return undefined;
    }
  }

  #pause(ms: number, why: string, cause?: unknown): void {
    this.#pausedUntil = performance.now() + ms;
    this.#tell(why, cause);
  }

  #tell(why: string, cause?: unknown): void {
    if (performance.now() - this.#toldAt < TELL_AGAIN_MS) return;
    this.#toldAt = performance.now();
    const message = `s3: the spool ${this.folder}: ${why}; records wait in memory alone`;
    this.#options.tell(
      new StepLogError("SPOOL_FAILED", message, { cause, details: { path: this.folder } }),
    );
  }
}

/** What is to be known of a part besides its lines. */
function headerOf(lines: SealedLines): SpoolHeader {
  const { runId, day, writer, seq, compression } = lines;
  return { v: 1, run_id: runId, day, writer, seq, compression };
}
