import { join } from "node:path";
import {
  type Entry,
  errorListeners,
  isStepLogError,
  type LossLedger,
  lossLedger,
  type Sink,
  StepLogError,
  waitFor,
} from "@step-log/core";
import { type FsSinkOptions, settings } from "./fs-sink-options.ts";
import { lastStep } from "./last-step.ts";
import { locate } from "./locate.ts";
import { isOnNetwork } from "./network-fs.ts";
import { runFileName } from "./run-file-name.ts";
import { attemptsEnded } from "./write/lease.ts";
import { ownFile } from "./write/own-file.ts";
import { shareWriter, type WriterShare } from "./write/shared-writers.ts";

// Of a folder, so many files are open at once; the one opened first makes room.
const MAX_OPEN_FILES = 256;

/**
 * Appends records to a JSONL file, `fsSink("./logs/agent-steps.jsonl")`, or to a file a run in a
 * folder, `fsSink("./logs/")`. Any number of sinks and processes may write to the same place.
 *
 * Nothing is opened before the first record, and no problem of the file system is thrown: records
 * wait in memory until it is solved, and `onError`, `stats` and `flush` tell of it, with the codes
 * `WRITE_FAILED`, `QUEUE_FULL`, `STALLED`, `SYNC_FAILED`, `UNSAFE_FILE`, `FILE_CHANGED`, `LOCK_BUSY`,
 * `LOCK_LOST` and `CLOSED`.
 *
 * @throws TypeError for options that cannot be meant, and URLs that are not `file:`.
 */
export function fsSink(location: string | URL, options: FsSinkOptions = {}): Sink {
  const place = locate(location);
  const set = settings(options);
  const buffered = set.durability === "buffered";
  const { listen, tell } = errorListeners(options.onError);
  // By run in a folder, where each has a file of its own; else a single one.
  const shares = new Map<string, WriterShare>();
  // What was written to files that are closed.
  let writtenBefore = 0;
  const afterClose = lossLedger();
  // Of open files, and of closed ones that lost something.
  const ledgers = new Set<LossLedger>([afterClose]);
  let onNetwork: boolean | undefined;
  let reported = 0;
  let closed = false;
  let closing: Promise<void> | undefined;

  const keyOf = (runId: string) => (place.kind === "file" ? "" : runId);
  const pathOf = (runId: string) =>
    place.kind === "file" ? place.path : join(place.path, `${runFileName(runId)}.jsonl`);

  const shareOf = (runId: string): WriterShare => {
    const open = shares.get(keyOf(runId));
    if (open !== undefined) return open;
    const path = pathOf(runId);
    onNetwork ??= isOnNetwork(place.path);
    if (shares.size >= MAX_OPEN_FILES) makeRoom();
    const share = shareWriter(onNetwork ? ownFile(path) : path, set, tell);
    shares.set(keyOf(runId), share);
    ledgers.add(share.writer.ledger);
    return share;
  };

  const makeRoom = () => {
    for (const [key, share] of shares) {
      if (forget(key, share)) return;
    }
  };

  /** Closes the file of a run that has ended, or that makes room for others. */
  const forget = (key: string, share: WriterShare): boolean => {
    const { writer } = share;
    if (!share.park()) return false;
    shares.delete(key);
    writtenBefore += share.written;
    if (writer.ledger.count() === 0) ledgers.delete(writer.ledger);
    return true;
  };

  const sum = (count: (share: WriterShare) => number) => {
    let total = 0;
    for (const share of shares.values()) total += count(share);
    return total;
  };
  const dropped = (runId?: string) => {
    let total = 0;
    for (const ledger of ledgers) total += ledger.count(runId);
    return total;
  };
  const pending = () => sum(({ writer }) => writer.pending);

  /** Does it for every file, and tells what of it failed, and what was lost since the last time. */
  const forAll = async (work: (share: WriterShare) => Promise<void>) => {
    const failures: unknown[] = [];
    const works: Promise<unknown>[] = [];
    for (const share of shares.values()) works.push(work(share).catch((it) => failures.push(it)));
    for (const done of works) await done;
    const lost = dropped() - reported;
    reported += lost;
    if (failures.length === 0 && lost === 0) return;
    throw problem(failures, lost, pending());
  };

  const closeAll = async () => {
    try {
      await forAll((share) => share.close());
    } catch (error) {
      closing = undefined; // what waits may be written yet, and the next call tells
      throw error;
    } finally {
      await attemptsEnded();
    }
  };

  return {
    name: "fs",
    write(entry: Entry) {
      if (closed) {
        afterClose.add(entry, "came after close");
        tell(new StepLogError("CLOSED", `fs: a record came after close; it is lost`, { lost: 1 }));
        return;
      }
      const share = shareOf(entry.runId);
      share.writer.write(entry, buffered);
      if (place.kind === "folder" && endsRun(entry)) forget(keyOf(entry.runId), share);
    },
    flush: ({ signal } = {}) =>
      waitFor(
        forAll(({ writer }) => writer.flush()),
        signal,
        pending,
      ),
    close({ signal } = {}) {
      closed = true;
      closing ??= closeAll();
      return waitFor(closing, signal, pending);
    },
    flushSync() {
      for (const { writer } of shares.values()) writer.flushSync();
    },
    stats(runId) {
      return {
        written: writtenBefore + sum(({ written }) => written),
        pending: pending(),
        pendingBytes: sum(({ writer }) => writer.pendingBytes),
        dropped: dropped(runId),
      };
    },
    onError: listen,
    lastStep(runId) {
      shares.get(keyOf(runId))?.writer.flushSync();
      return lastStep(pathOf(runId), runId);
    },
  };
}

const TYPE = Buffer.from('"type":"');
const RUN_END = "run_end";

/** Whether it is the end of a run; nearly all are not, and need not be parsed to tell. */
function endsRun(entry: Entry): boolean {
  const { bytes } = entry;
  return (bytes === undefined || mayEndRun(bytes)) && entry.record.type === RUN_END;
}

/** Looks at the first type in a line, which is the record's own in those that core writes. */
function mayEndRun(bytes: Uint8Array): boolean {
  const line = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const at = line.indexOf(TYPE) + TYPE.length;
  return line.toString("latin1", at, at + RUN_END.length) === RUN_END;
}

function problem(failures: readonly unknown[], lost: number, pending: number): StepLogError {
  const [first] = failures;
  const known = isStepLogError(first) ? first : undefined;
  const sum = (count: (error: StepLogError) => number) =>
    failures.reduce<number>((total, it) => total + (isStepLogError(it) ? count(it) : 0), 0);
  const message =
    known?.message ?? `fs: ${lost} records were lost; their log_dropped lines say why`;
  return new StepLogError(
    known?.code ?? (first === undefined ? "QUEUE_FULL" : "WRITE_FAILED"),
    message,
    {
      // Of one failure its own cause, of several all.
      cause:
        failures.length > 1
          ? new AggregateError(failures)
          : known === undefined
            ? first
            : known.cause,
      lost: lost + sum((failure) => failure.lost),
      pending: Math.max(
        pending,
        sum((failure) => failure.pending),
      ),
      details: known?.details ?? {},
    },
  );
}
