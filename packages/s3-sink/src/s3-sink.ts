import {
  type Entry,
  errorListeners,
  type FlushOptions,
  isStepLogError,
  lossLedger,
  type Sink,
  type SinkStats,
  StepLogError,
  type StepLogErrorCode,
  waitFor,
} from "@step-log/core";
import { closeOnSignals } from "./close-on-signals.ts";
import { watchExit } from "./exit-watch.ts";
import { type Ack, type S3SinkOptions, sinkSettings } from "./s3-sink-options.ts";
import { openStore } from "./store/open-store.ts";
import { PartWriter } from "./write/part-writer.ts";

/** How an S3 sink stands; `written` counts what is in the bucket, whatever `ack` says. */
export interface S3SinkStats extends SinkStats {
  /** Parts sealed. */
  readonly parts: number;
  /** Requests to store a part; those of a try that failed too. */
  readonly puts: number;
  /** Bytes held in memory. */
  readonly bufferedBytes: number;
  /** Bytes in the spool. */
  readonly spooledBytes: number;
  /** Records taken over from dead processes; they count as written or pending too. */
  readonly adopted: number;
  /** Bytes at the end of files of dead processes that were no whole line, and are gone. */
  readonly tornBytes: number;
}

/** A sink that writes to a bucket. */
export interface S3Sink extends Sink {
  stats(runId?: string): S3SinkStats;
  /**
   * Resolves when a quarter of `maxBufferBytes` is free, at once as a rule: back-pressure for a program
   * that would rather wait than have records dropped, or memory grow.
   */
  ready(): Promise<void>;
}

/**
 * Writes records to a bucket, `s3Sink("s3://bucket/logs/")`, in immutable parts; any number of runs,
 * sinks and processes may write to the same place.
 *
 * Nothing is connected before the first part is sealed, and no problem of the bucket is thrown: parts
 * are tried again until they are stored, and `onError`, `stats` and `flush` tell of it, with the codes
 * `WRITE_FAILED`, `STORE_REFUSED`, `KEY_TAKEN`, `QUEUE_FULL`, `SPOOL_FAILED`, `MISSING_PACKAGE` and
 * `CLOSED`.
 *
 * @throws TypeError for options that cannot be meant, and what is no `s3:` URL.
 */
export function s3Sink(url: string | URL, options: S3SinkOptions = {}): S3Sink {
  const settings = sinkSettings(options);
  const place = openStore(url, options, "s3Sink");
  const { listen, tell } = errorListeners(options.onError);
  const writer = new PartWriter(place, settings, tell);
  const afterClose = lossLedger();
  const dropped = (runId?: string) => writer.ledger.count(runId) + afterClose.count(runId);
  const pending = () => writer.pending;
  let reported = 0;
  let closed = false;
  let unwatch: (() => void) | undefined;

  // A spool of a process that has died is taken over though nothing should be recorded.
  const adopted = writer.adopt().catch((error: unknown) => writer.spool?.failed(error));

  /** Waits until all is as safe as asked for; rejects when the store refuses it. */
  const makeSafe = async (ack: Ack, signal: AbortSignal): Promise<void> => {
    const parts = ack.startsWith("spool") ? writer.sealUnspooled() : writer.sealAll();
    if (ack === "buffer") return;
    if (ack === "spool-fsync") await writer.syncSpool();
    await writer.uploader.settled(parts, signal);
    if (ack !== "s3") return;
    await adopted;
    await writer.uploader.settled(writer.uploader.parts, signal);
  };

  /** Waits for it, as long as the caller and the deadline allow, and tells what came of it. */
  const settle = async (ack: Ack, options: FlushOptions = {}): Promise<void> => {
    const ended = new AbortController();
    const deadline = rejectAfter(settings.deadlineMs, ended.signal);
    let failure: unknown;
    try {
      const work = Promise.race([makeSafe(ack, ended.signal), deadline]);
      await waitFor(
        work.catch((error: unknown) => {
          failure = error;
        }),
        options.signal,
        pending,
      );
    } finally {
      ended.abort();
    }
    const lost = dropped() - reported;
    reported += lost;
    if (failure === undefined && lost === 0) return;
    throw problem(failure === DEADLINE ? tooLate() : failure, lost, pending());
  };

  const tooLate = () => {
    const { failure } = writer.uploader;
    const why = failure instanceof Error ? `: ${failure.message}` : "";
    const message = `s3: not everything could be stored within ${settings.deadlineMs} ms${why}`;
    return new StepLogError("WRITE_FAILED", message, { cause: failure });
  };

  /** Closing is well as long as nothing would be lost: with another promise than "s3", the spool will do. */
  const settleForGood = async (options: FlushOptions) => {
    try {
      await settle("s3", options);
    } catch (error) {
      const isSafe = settings.ack.startsWith("spool") && writer.spoolAll() === 0;
      if (!isSafe || !isStepLogError(error) || error.lost > 0) throw error;
    }
  };

  const atExit = () => {
    const lost = pending() === 0 ? 0 : writer.spoolAll();
    writer.spool?.close();
    if (lost === 0) return;
    const message = `s3: the process ends and ${lost} records are not stored; they are lost`;
    tell(new StepLogError("WRITE_FAILED", message, { cause: writer.uploader.failure, lost }));
  };

  const watch = () => {
    const ending = {
      isPending: () => pending() > 0,
      beforeExit: () => settle("s3").catch(() => {}),
      atExit,
    };
    const stopWatching = watchExit(ending);
    const stopSignals = settings.handleSignals
      ? closeOnSignals(() => sink.close().finally(atExit))
      : undefined;
    return () => {
      stopWatching();
      stopSignals?.();
    };
  };

  const sink: S3Sink = {
    name: "s3",
    write(entry: Entry) {
      if (closed) {
        afterClose.add(entry, "came after close");
        tell(new StepLogError("CLOSED", `s3: a record came after close; it is lost`, { lost: 1 }));
        return;
      }
      unwatch ??= watch();
      writer.write(entry);
    },
    flush: (options) => settle(settings.ack, options),
    async close(options = {}) {
      closed = true;
      await settleForGood(options);
      if (pending() > 0) return; // in the spool; it is sent as long as the process lives
      await writer.close();
      unwatch?.();
      unwatch = undefined;
    },
    ...(writer.spool && { flushSync: () => void writer.spoolAll() }),
    stats(runId) {
      return { ...writer.counts, dropped: dropped(runId) };
    },
    onError: listen,
    ready: () => writer.room(),
  };
  return sink;
}

const DEADLINE = Symbol("deadline");

/** Rejects with `DEADLINE` after so long; it keeps the process alive, since somebody waits. */
function rejectAfter(ms: number, ended: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const timer = setTimeout(() => reject(DEADLINE), ms);
    ended.addEventListener("abort", () => clearTimeout(timer), { once: true });
  });
}

function problem(failure: unknown, lost: number, pending: number): StepLogError {
  if (isStepLogError(failure)) {
    const { code, message, cause, details } = failure;
    return new StepLogError(code, message, { cause, details, lost: lost + failure.lost, pending });
  }
  const code: StepLogErrorCode = failure === undefined ? "QUEUE_FULL" : "STORE_REFUSED";
  const message =
    failure === undefined
      ? `s3: ${lost} records were lost; their log_dropped lines say why`
      : `s3: the bucket refuses: ${failure instanceof Error ? failure.message : failure}`;
  return new StepLogError(code, message, { cause: failure, lost, pending });
}
