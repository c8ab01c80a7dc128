import type { StepRecord } from "../record.ts";
import type { Sink } from "../sink.ts";

/** Passes on the entries whose record `keep` wants; one that it throws for is passed on. */
export function filterSink(sink: Sink, keep: (record: StepRecord) => boolean): Sink {
  const wanted = (record: StepRecord) => {
    try {
      return keep(record);
    } catch {
      return true;
    }
  };
  return {
    // The optional members are the inner sink's, which may have none.
    ...bound(sink),
    name: `filter(${sink.name})`,
    write(entry) {
      if (wanted(entry.record)) sink.write(entry);
    },
  };
}

/**
 * Passes on a part of the runs, each whole or not at all; the same ones in every process.
 *
 * @param rate From 0, none, to 1, all.
 */
export function sampleSink(sink: Sink, rate: number): Sink {
  return filterSink(sink, ({ run_id }) => fraction(run_id) < rate);
}

function bound(sink: Sink): Sink {
  const { flushSync, stats, onError, lastStep } = sink;
  return {
    name: sink.name,
    write: (entry) => sink.write(entry),
    flush: (options) => sink.flush(options),
    close: (options) => sink.close(options),
    ...(flushSync && { flushSync: () => flushSync.call(sink) }),
    ...(stats && { stats: (runId) => stats.call(sink, runId) }),
    ...(onError && { onError: (listener) => onError.call(sink, listener) }),
    ...(lastStep && { lastStep: (runId) => lastStep.call(sink, runId) }),
  };
}

/** A number from 0 up to 1 for a text, evenly spread (32-bit FNV-1a, then mixed as murmur3 ends). */
function fraction(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}
