import {
  type Entry,
  errorListeners,
  type FlushOptions,
  lossLedger,
  type Sink,
  StepLogError,
  waitFor,
} from "@step-log/core";
import type { TestStore } from "./test-store.ts";

export interface ReferenceSinkOptions {
  /** What becomes of entries that could not be stored. Default: "retry". */
  readonly onFailure?: "retry" | "drop";
}

// Small, so that a few entries already make several batches.
const BATCH_ENTRIES = 64;

/** A sink that keeps the whole contract, over a store that takes its time. */
export function referenceSink(store: TestStore, options: ReferenceSinkOptions = {}): Sink {
  const queue: Entry[] = [];
  const waiting = new Set<() => void>();
  const errors = errorListeners();
  const losses = lossLedger();
  const owed: Entry[] = []; // log_dropped entries that are not stored yet
  const steps = new Map<string, number>();
  let taken = 0;
  let written = 0;
  let gone = 0; // left the queue: written or lost
  let lostSinceFlush = 0;
  let pumping = false;
  let era = 0; // a flushSync makes what is in flight void
  let closed: Promise<void> | undefined;

  const lose = (entry: Entry, code: "CLOSED" | "WRITE_FAILED") => {
    losses.add(entry, code);
    lostSinceFlush++;
    errors.tell(new StepLogError(code, `reference: an entry was lost`, { lost: 1 }));
  };
  const leave = (count: number, stored: boolean) => {
    for (const entry of queue.splice(0, count)) {
      if (!stored) lose(entry, "WRITE_FAILED");
      else steps.set(entry.runId, Math.max(steps.get(entry.runId) ?? 0, entry.step));
    }
    gone += count;
    if (stored) written += count;
    for (const wake of waiting) wake();
    waiting.clear();
  };
  const pump = async () => {
    if (pumping) return;
    pumping = true;
    while (queue.length > 0) {
      owed.push(...losses.take());
      const batch = queue.slice(0, BATCH_ENTRIES);
      const now = era;
      try {
        await store.append(linesOf([...owed, ...batch]), () => era === now);
        owed.length = 0;
        if (era === now) leave(batch.length, true);
      } catch (cause) {
        errors.tell(new StepLogError("WRITE_FAILED", "reference: the store failed", { cause }));
        if (options.onFailure === "drop") leave(batch.length, false);
      }
    }
    pumping = false;
  };
  const drained = async () => {
    const target = taken;
    while (gone < target) await new Promise<void>((resolve) => waiting.add(resolve));
  };
  // Apart from the waiting: a flush that nobody waits for any more must not use up the loss.
  const tellLoss = () => {
    if (lostSinceFlush === 0) return;
    const lost = lostSinceFlush;
    lostSinceFlush = 0;
    throw new StepLogError("WRITE_FAILED", `reference: ${lost} entries were lost`, { lost });
  };
  const pending = () => queue.length;

  return {
    name: "reference",
    write(entry) {
      if (closed !== undefined) return lose(entry, "CLOSED");
      taken++;
      queue.push(entry);
      void pump();
    },
    async flush(flushOptions?: FlushOptions) {
      await waitFor(drained(), flushOptions?.signal, pending);
      tellLoss();
    },
    close(flushOptions) {
      closed ??= drained().then(tellLoss);
      return waitFor(closed, flushOptions?.signal, pending);
    },
    flushSync() {
      if (queue.length === 0 || store.broken) return;
      era++;
      store.appendSync(linesOf(queue));
      leave(queue.length, true);
    },
    stats: (runId) => ({
      written,
      pending: queue.length,
      pendingBytes: queue.reduce((sum, { line }) => sum + Buffer.byteLength(line), 0),
      dropped: losses.count(runId),
    }),
    onError: errors.listen,
    lastStep: (runId) => steps.get(runId),
  };
}

function linesOf(entries: readonly Entry[]): string[] {
  return entries.map(({ line }) => line);
}
