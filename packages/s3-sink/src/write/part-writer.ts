import { type Entry, type LossLedger, lossLedger, StepLogError } from "@step-log/core";
import type { S3SinkSettings } from "../s3-sink-options.ts";
import { adoptSpools } from "../spool/adopt-spools.ts";
import { Spool } from "../spool/spool.ts";
import type { SpoolFile } from "../spool/spool-file.ts";
import { sealedName } from "../spool/spool-names.ts";
import type { OpenStore } from "../store/open-store.ts";
import { unpackSync } from "./pack.ts";
import { type Memory, Part } from "./part.ts";
import { newWriter, type OpenPart, RunLog } from "./run-log.ts";
import { Uploader } from "./uploader.ts";

// A run is some 300 B; those that are idle are forgotten above this, and begin with a new writer id.
const MAX_RUNS = 10_000;
// What room is made at once, or waited for, of `maxBufferBytes`.
const ROOM_SHARE = 0.25;
// Parts that are being filled may take up so much of it; above, the oldest is sealed.
const OPEN_SHARE = 0.5;

/** Fills parts with the lines of their runs, seals them and has them sent. */
export class PartWriter {
  readonly ledger: LossLedger = lossLedger();
  readonly uploader: Uploader;
  readonly spool: Spool | undefined;
  readonly #place: OpenStore;
  readonly #settings: S3SinkSettings;
  readonly #tell: (error: StepLogError) => void;
  readonly #memory: Memory = { bytes: 0 };
  readonly #runs = new Map<string, RunLog>();
  /** Runs with a part that is being filled, in the order in which those were begun. */
  readonly #open = new Map<string, RunLog>();
  readonly #runOf = new Map<Part, RunLog>();
  readonly #removals = new Set<Promise<void>>();
  readonly #waitForRoom = new Set<() => void>();
  #openBytes = 0;
  #sweepAt = MAX_RUNS;
  #timer: NodeJS.Timeout | undefined;
  #isFullTold = false;
  readonly #counts = {
    written: 0,
    pending: 0,
    pendingBytes: 0,
    parts: 0,
    adopted: 0,
    tornBytes: 0,
  };

  constructor(place: OpenStore, settings: S3SinkSettings, tell: (error: StepLogError) => void) {
    this.#place = place;
    this.#settings = settings;
    this.#tell = tell;
    this.uploader = new Uploader(place, settings, {
      packed: () => this.#welcome(),
      stored: (part) => this.#stored(part),
      unreadable: (part, cause) => this.#forgetIfGone(part, cause),
      keyTaken: (part) => this.#changeKey(part),
      failed: (part) => this.#setAside(part),
      refused: (part) => this.#putAside(part),
      pending: () => this.pending,
      tell,
    });
    const { spoolDir: dir, maxSpoolBytes: maxBytes } = settings;
    if (dir !== undefined) this.spool = new Spool({ dir, place, id: newWriter(), maxBytes, tell });
  }

  /** Records that are taken and not stored. */
  get pending(): number {
    return this.#counts.pending;
  }

  /** How things stand. */
  get counts(): Readonly<PartCounts> {
    return {
      ...this.#counts,
      puts: this.uploader.puts,
      bufferedBytes: this.#memory.bytes,
      spooledBytes: this.spool?.bytes ?? 0,
    };
  }

  /** Whether a record of so many bytes can be taken. */
  hasRoom(bytes = 0): boolean {
    const { maxBufferBytes } = this.#settings;
    return this.#memory.bytes + bytes <= maxBufferBytes || this.#memory.bytes === 0;
  }

  /** Resolves when there is ample room. */
  room(): Promise<void> {
    return this.#isRoomy
      ? Promise.resolve()
      : new Promise((resolve) => this.#waitForRoom.add(resolve));
  }

  get #isRoomy(): boolean {
    return this.#memory.bytes <= this.#settings.maxBufferBytes * (1 - ROOM_SHARE);
  }

  /** Takes a record, or books it as lost. */
  write(entry: Entry): void {
    const line = entry.bytes ?? Buffer.from(entry.line);
    if (!this.hasRoom(line.length) && !this.#makeRoom(line.length)) {
      if (this.#settings.overflow === "drop") {
        this.#drop(entry);
        return;
      }
    } else if (this.ledger.owing) this.#payDebts();
    this.#append(entry, line);
  }

  /** Seals everything; gives the parts that are not stored. */
  sealAll(): Part[] {
    if (this.ledger.owing && this.hasRoom(1)) this.#payDebts();
    for (const run of [...this.#open.values()]) this.#seal(run);
    return [...this.uploader.parts];
  }

  /** Seals what the spool has no copy of; gives the parts that it has none of. */
  sealUnspooled(): Part[] {
    for (const run of [...this.#open.values()]) if (run.open?.file === undefined) this.#seal(run);
    return [...this.uploader.parts].filter(({ file }) => file === undefined);
  }

  /** Has the disk keep all that is in the spool. */
  async syncSpool(): Promise<void> {
    const ofOpen = [...this.#open.values()].map(({ open }) => open?.file);
    const files = [...ofOpen, ...[...this.uploader.parts].map(({ file }) => file)];
    await Promise.all(files.map((file) => file?.sync()));
    await this.spool?.sync();
  }

  /** Writes all that has no copy in the spool into it; gives the number of records that still have none. */
  spoolAll(): number {
    let left = 0;
    for (const part of this.sealUnspooled()) {
      const lines =
        part.raw ?? (part.packed && unpackSync(part.packed.body, part.lines.compression));
      if (lines !== undefined) {
        part.file = this.spool?.writeWhole(part.lines, part.key(this.#place.prefix), lines);
      }
      if (part.file === undefined) left += part.lines.count;
    }
    return left;
  }

  /** Lets go of the spool. */
  async close(): Promise<void> {
    await Promise.all(this.#removals);
    this.spool?.close();
  }

  /** Takes over what dead processes left in the spool; gives its parts. */
  async adopt(): Promise<void> {
    if (this.spool === undefined) return;
    for await (const { lines, file, tornBytes } of adoptSpools(this.spool)) {
      const part = new Part(lines, this.#memory, file);
      // The one that died may have sent it.
      part.maybeStored = true;
      this.#counts.tornBytes += tornBytes;
      this.#counts.adopted += lines.count;
      this.#counts.pending += lines.count;
      this.#counts.pendingBytes += lines.size;
      this.uploader.add(part);
    }
  }

  #append(entry: Entry, line: Uint8Array): void {
    const { partBytes, maxBufferBytes } = this.#settings;
    const bytes = line.length;
    const run = this.#runFor(entry);
    if (run.open !== undefined && run.open.buffer.size + bytes > partBytes) this.#seal(run);
    let open = run.open ?? this.#begin(run);
    if (open.file !== undefined && this.spool?.append(open.file, line) !== true) {
      open = this.#goOnWithoutSpool(run, open);
    }
    open.buffer.push(line);
    // In a key stand whole numbers alone, whatever a program that makes its own entries puts there.
    const step = Number.isSafeInteger(entry.step) ? Math.max(0, entry.step) : 0;
    open.first = Math.min(open.first, step);
    open.last = Math.max(open.last, step);
    open.count++;
    this.#openBytes += bytes;
    this.#memory.bytes += bytes;
    this.#counts.pending++;
    this.#counts.pendingBytes += bytes;
    const isEnd = endsRun(entry, line);
    if (isEnd) run.hasEnded = true;
    if (isEnd || open.buffer.size >= partBytes) this.#seal(run);
    while (this.#openBytes > maxBufferBytes * OPEN_SHARE) this.#sealOldest();
  }

  #runFor(entry: Entry): RunLog {
    const known = this.#runs.get(entry.runId);
    if (known !== undefined) return known;
    if (this.#runs.size >= this.#sweepAt) this.#forgetIdle();
    const run = new RunLog(entry);
    this.#runs.set(entry.runId, run);
    return run;
  }

  #forgetIdle(): void {
    for (const [runId, run] of this.#runs) if (run.isIdle) this.#runs.delete(runId);
    this.#sweepAt = Math.max(MAX_RUNS, 2 * this.#runs.size);
  }

  #begin(run: RunLog): OpenPart {
    const { runId: run_id, day, writer, seq, slug } = run;
    const { compression } = this.#settings;
    const open = run.begin(
      this.spool?.begin(slug, { v: 1, run_id, day, writer, seq, compression }),
    );
    this.#open.set(run.runId, run);
    if (this.#open.size === 1) this.#sealLater();
    return open;
  }

  /** The part ends with what the spool has of it, so that it has each part whole or not at all. */
  #goOnWithoutSpool(run: RunLog, open: OpenPart): OpenPart {
    if (open.count > 0) {
      this.#seal(run);
      return this.#begin(run);
    }
    try {
      open.file?.removeSync();
    } catch {
      // Empty, it does no harm.
    }
    open.file = undefined;
    return open;
  }

  #seal(run: RunLog): void {
    this.#openBytes -= run.open?.buffer.size ?? 0;
    this.#open.delete(run.runId);
    const part = run.seal(this.#settings.compression, this.#memory);
    if (part === undefined) return;
    this.#counts.parts++;
    this.#runOf.set(part, run);
    if (part.file !== undefined) this.spool?.seal(part.file, part.key(this.#place.prefix));
    this.uploader.add(part);
  }

  #sealOldest(): void {
    const [oldest] = this.#open.values();
    if (oldest !== undefined) this.#seal(oldest);
  }

  /** Seals what is old enough, again and again. */
  #sealLater(): void {
    clearTimeout(this.#timer);
    const { flushMs } = this.#settings;
    const [oldest] = this.#open.values();
    if (oldest?.open === undefined) return;
    const ms = Math.max(1, oldest.open.openedAt + flushMs - performance.now());
    this.#timer = setTimeout(() => {
      const old = performance.now() - flushMs;
      for (const run of [...this.#open.values()]) {
        if ((run.open?.openedAt ?? Number.POSITIVE_INFINITY) <= old) this.#seal(run);
      }
      this.#sealLater();
    }, ms).unref();
  }

  #stored(part: Part): void {
    this.#counts.written += part.lines.count;
    this.#release(part);
  }

  /** Gives up a part whose file is gone, or was made shorter; one that cannot be read now is tried again. */
  #forgetIfGone(part: Part, cause: unknown): boolean {
    const { runId, count } = part.lines;
    const path = part.file?.path;
    const isGone = part.file === undefined || part.file.isDamagedBy(cause);
    if (isGone) {
      this.#book(part, "the spool was damaged");
      part.file = undefined; // what is left of it stays
      this.#release(part);
    }
    const then = isGone ? "they are lost" : "it is tried again";
    const message = `s3: ${count} records of run ${runId} could not be read back from ${path}; ${then}`;
    const lost = isGone ? count : 0;
    this.#tell(new StepLogError("SPOOL_FAILED", message, { cause, lost, details: { path } }));
    return isGone;
  }

  /** A part that waits is held in the spool alone, when memory is short. */
  #setAside(part: Part): void {
    if (part.file !== undefined && !this.#isRoomy) part.hold({});
  }

  /** Moves the copy of a part that the store refuses to where it is not tried again, if there is one. */
  #putAside(part: Part): boolean {
    if (part.file === undefined) return false;
    try {
      part.file.putAside();
    } catch (error) {
      this.spool?.failed(error);
      return false;
    }
    part.file = undefined;
    this.#book(part, "refused by the store");
    this.#release(part);
    return true;
  }

  /** Books the records of a part as lost. */
  #book(part: Part, reason: string): void {
    const { runId, last: step, count, size } = part.lines;
    // The ledger counts entries; these are no longer at hand, but for their number and size.
    const record = { run_id: runId, step, type: "event", ts: 0, name: "", data: null } as const;
    for (let i = 0; i < count; i++) {
      const line = i === 0 ? " ".repeat(size) : "";
      this.ledger.add({ runId, step, record, line }, reason);
    }
  }

  #release(part: Part): void {
    const { count, size, runId } = part.lines;
    this.#counts.pending -= count;
    this.#counts.pendingBytes -= size;
    part.hold({});
    if (part.file !== undefined) this.#remove(part.file);
    part.file = undefined;
    const run = this.#runOf.get(part);
    this.#runOf.delete(part);
    if (run !== undefined) {
      run.unstored--;
      if (run.hasEnded && run.isIdle && this.#runs.get(runId) === run) this.#runs.delete(runId);
    }
    this.#welcome();
    if (this.ledger.owing && this.hasRoom(1)) this.#payDebts();
  }

  /** Tells those who wait for it that there is room. */
  #welcome(): void {
    if (!this.#isRoomy) return;
    this.#isFullTold = false;
    for (const resolve of this.#waitForRoom) resolve();
    this.#waitForRoom.clear();
  }

  #remove(file: SpoolFile): void {
    const removal = file
      .remove()
      .catch((error) => this.spool?.failed(error))
      .finally(() => this.#removals.delete(removal));
    this.#removals.add(removal);
  }

  #changeKey(part: Part): void {
    const run = this.#runOf.get(part);
    if (run !== undefined && run.writer === part.writer) run.changeWriter();
    part.writer = newWriter();
    try {
      part.file?.rename(sealedName(part.key(this.#place.prefix)));
    } catch (error) {
      this.spool?.failed(error);
    }
  }

  /** Lets go of what the spool has too. */
  #makeRoom(bytes: number): boolean {
    if (this.spool === undefined) return false;
    const goal = Math.max(0, this.#settings.maxBufferBytes * (1 - ROOM_SHARE) - bytes);
    // Those last in line are sent last.
    for (const part of [...this.uploader.parts].reverse()) {
      if (this.#memory.bytes <= goal) break;
      if (part.file !== undefined && !part.isSending) part.hold({});
    }
    return this.hasRoom(bytes);
  }

  #drop(entry: Entry): void {
    this.ledger.add(entry, "QUEUE_FULL");
    if (this.#isFullTold) return;
    this.#isFullTold = true;
    const message = `s3: maxBufferBytes, ${this.#settings.maxBufferBytes}, is full; records are dropped`;
    this.#tell(
      new StepLogError("QUEUE_FULL", message, {
        cause: this.uploader.failure,
        lost: 1,
        pending: this.pending,
      }),
    );
  }

  /** Writes into the log what was lost of it. */
  #payDebts(): void {
    for (const entry of this.ledger.take()) this.#append(entry, Buffer.from(entry.line));
  }
}

const UNDERSCORE = 95;
const END = [...Buffer.from('end"')];
// The type stands behind run id and step. One that is not found, since the id is that long, has its
// part wait for its age.
const HEAD_BYTES = 256;

/** Whether it is the end of a run; nearly all are not, and need not be parsed, or searched, to tell. */
function endsRun(entry: Entry, line: Uint8Array): boolean {
  let at = line.indexOf(UNDERSCORE);
  while (at >= 0 && at < HEAD_BYTES) {
    const from = at + 1;
    if (END.every((byte, i) => line[from + i] === byte)) return entry.record.type === "run_end";
    at = line.indexOf(UNDERSCORE, from);
  }
  return false;
}

/** What the sink tells of itself. */
export interface PartCounts {
  readonly written: number;
  readonly pending: number;
  readonly pendingBytes: number;
  readonly parts: number;
  readonly puts: number;
  readonly adopted: number;
  readonly tornBytes: number;
  readonly bufferedBytes: number;
  readonly spooledBytes: number;
}
