import { StepLogError } from "./errors.ts";
import type { Entry, FlushOptions, Sink, SinkStats } from "./sink.ts";

/** Gives every entry to each of the sinks; one that fails does not stop the others. */
export function teeSink(...sinks: readonly Sink[]): Sink {
  const failed = new Map<Sink, number>();

  const all = async (work: (sink: Sink) => Promise<void>) => {
    const results = await Promise.allSettled(sinks.map(async (sink) => work(sink)));
    const errors = results.flatMap((result) =>
      result.status === "rejected" ? [result.reason] : [],
    );
    if (errors.length === 1) throw errors[0];
    if (errors.length > 1) throw combined(errors);
  };

  return {
    name: "tee",
    write(entry: Entry) {
      for (const sink of sinks) {
        try {
          sink.write(entry);
        } catch {
          // Sinks must not throw; one that does has lost the entry, and the others get theirs.
          failed.set(sink, (failed.get(sink) ?? 0) + 1);
        }
      }
    },
    flush: (options?: FlushOptions) => all((sink) => sink.flush(options)),
    close: (options?: FlushOptions) => all((sink) => sink.close(options)),
    flushSync() {
      for (const sink of sinks) sink.flushSync?.();
    },
    stats(runId) {
      const stats = sinks.map((sink) => sink.stats?.(runId) ?? NOTHING);
      const sum = (key: keyof SinkStats) => stats.reduce((total, one) => total + one[key], 0);
      let dropped = sum("dropped");
      for (const count of failed.values()) dropped += count;
      return {
        // As safe as the sinks promise means: in all of them.
        written: Math.min(...stats.map((one) => one.written)),
        pending: sum("pending"),
        pendingBytes: sum("pendingBytes"),
        dropped,
      };
    },
    onError(listener) {
      const stops = sinks.map((sink) => sink.onError?.(listener));
      return () => {
        for (const stop of stops) stop?.();
      };
    },
    lastStep(runId) {
      const steps = sinks.flatMap((sink) => sink.lastStep?.(runId) ?? []);
      return steps.length > 0 ? Math.max(...steps) : undefined;
    },
  };
}

const NOTHING: SinkStats = { written: 0, pending: 0, pendingBytes: 0, dropped: 0 };

function combined(errors: readonly unknown[]): StepLogError {
  const known = errors.filter((error) => error instanceof StepLogError);
  const sum = (key: "lost" | "pending") => known.reduce((total, error) => total + error[key], 0);
  return new StepLogError("SINK_FAILED", `${errors.length} sinks failed to flush`, {
    cause: new AggregateError(errors),
    lost: sum("lost"),
    pending: sum("pending"),
  });
}
