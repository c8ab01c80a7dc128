import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { BadLine } from "@step-log/core";
import { type LogPart, logParts, scannedOf } from "@step-log/fs-sink/scan";
import type { Log } from "../locations/log.ts";
import type { LogTally, TallyQuestion, TallyState } from "./log-tally.ts";
import { bytesRead, type PartQueue, partQueue } from "./part-queue.ts";
import type { StatsEngine, TallyOptions } from "./stats-engine.ts";
import type { WorkerTask } from "./stats-worker.ts";
import { tallyParts } from "./tally-parts.ts";

// A thread takes 0.1 s to start, in which another one reads 30 MB.
const BYTES_A_THREAD = 24e6;
const TELL_EVERY_MS = 100;

/**
 * Sums up in JavaScript: files of step-log in several threads, by parts, all else in this one.
 * Each thread holds one tally, so that memory grows with their number and not with the logs.
 */
export const nodeEngine: StatsEngine = {
  async tally(logs, question, options) {
    const parts: LogPart[] = [];
    const unread: BadLine[] = [];
    for (const { path } of logs) {
      if (path === undefined) continue;
      options.signal.throwIfAborted();
      const found = await logParts(path);
      parts.push(...found.parts);
      unread.push(...found.badLines);
    }
    const tally = await scan(newestFirst(parts), question, options);
    for (const line of unread) tally.badLine(line);
    for (const log of logs) if (log.path === undefined) await read(log, tally, options);
    return tally;
  },
};

/** Of a log of more runs than are told apart, those that are summed up together are the oldest. */
function newestFirst(parts: readonly LogPart[]): readonly LogPart[] {
  return parts.toSorted((a, b) => b.changedAt - a.changedAt);
}

async function scan(
  parts: readonly LogPart[],
  question: TallyQuestion,
  { signal, onRead, onTotal, threads }: TallyOptions,
): Promise<LogTally> {
  const total = parts.reduce((sum, { bytes }) => sum + bytes, 0);
  onTotal?.(total);
  const most = Math.min(availableParallelism(), Math.ceil(total / BYTES_A_THREAD));
  const helpers = Math.min(threads ?? most, parts.length) - 1;
  const queue = partQueue(parts);
  const stopTelling = telling(queue, onRead);
  const file = workerFile();
  const ended = new AbortController();
  const all = AbortSignal.any([signal, ended.signal]);
  try {
    const states = Array.from({ length: file === undefined ? 0 : helpers }, () =>
      inThread(file as URL, { queue, question }, all),
    );
    // This thread is one of them.
    const [tally, ...others] = await Promise.all([tallyParts(queue, question, all), ...states]);
    for (const state of others) tally.merge(state);
    return tally;
  } finally {
    // One that failed ends the others.
    ended.abort();
    stopTelling();
  }
}

/** Where the program of a thread is; nothing where it is run from source, which a thread cannot load. */
function workerFile(): URL | undefined {
  const url = import.meta.resolve?.("@step-log/cli/stats-worker");
  if (!url?.endsWith(".js")) return undefined;
  const file = new URL(url);
  return existsSync(file) ? file : undefined;
}

function inThread(file: URL, workerData: WorkerTask, signal: AbortSignal): Promise<TallyState> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const worker = new Worker(file, { workerData });
    const stop = () => {
      reject(signal.reason);
      void worker.terminate();
    };
    signal.addEventListener("abort", stop, { once: true });
    worker.once("message", resolve);
    worker.once("error", reject);
    worker.once("exit", (code) => {
      signal.removeEventListener("abort", stop);
      reject(new Error(`a thread ended too early, with code ${code}`));
    });
  });
}

function telling(queue: PartQueue, onRead: TallyOptions["onRead"]): () => void {
  if (onRead === undefined) return () => {};
  let told = 0;
  const tell = () => {
    const bytes = bytesRead(queue);
    onRead(bytes - told);
    told = bytes;
  };
  const timer = setInterval(tell, TELL_EVERY_MS);
  return () => clearInterval(timer);
}

async function read(log: Log, tally: LogTally, { signal }: TallyOptions): Promise<void> {
  tally.beginPart(true);
  for await (const batch of log.batches({ signal })) {
    for (const item of batch) {
      if (item.type === "bad_line") tally.badLine(item);
      else tally.record(scannedOf(item), () => item);
    }
  }
}
