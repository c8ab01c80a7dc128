import { attempt } from "../attempt.ts";
import { errorListeners } from "../error-listeners.ts";
import { isStepLogError, StepLogError, sinkThrew } from "../errors.ts";
import type { Sink, SinkStats } from "../sink.ts";
import { lossLedger } from "./loss-ledger.ts";

/**
 * Gives every entry to each of the sinks; one that fails does not stop the others.
 *
 * In `stats`, `written` is what all have written, `pending` what the slowest has yet to write;
 * `pendingBytes` is the sum, since each keeps its own, and so is `dropped`: an entry counts once for
 * each sink that lost it.
 */
export function teeSink(...sinks: readonly Sink[]): Sink {
  const branches = sinks.map((sink) => ({ sink, losses: lossLedger() }));
  const errors = errorListeners();
  let taken = 0;
  let lost = 0; // since the last flush, because a sink threw

  const all = async (work: (sink: Sink) => Promise<void>, failures: unknown[] = []) => {
    const results = await Promise.allSettled(sinks.map(async (sink) => work(sink)));
    for (const result of results) if (result.status === "rejected") failures.push(result.reason);
    if (failures.length > 0) throw failures.length === 1 ? failures[0] : combined(failures);
  };

  return {
    name: "tee",
    write(entry) {
      taken++;
      for (const { sink, losses } of branches) {
        try {
          sink.write(entry);
        } catch (cause) {
          lost++;
          losses.add(entry, "SINK_FAILED");
          errors.tell(sinkThrew(sink.name, cause));
        }
      }
    },
    async flush(options) {
      const message = `tee: ${lost} entries met a sink that threw`;
      const failures = lost > 0 ? [new StepLogError("SINK_FAILED", message, { lost })] : [];
      lost = 0;
      await all((sink) => sink.flush(options), failures);
    },
    close: (options) => all((sink) => sink.close(options)),
    flushSync() {
      for (const sink of sinks) attempt(() => sink.flushSync?.());
    },
    stats(runId) {
      const all = branches.map(({ sink, losses }) => {
        const untold = { ...NOTHING, written: taken - losses.count() };
        const told = attempt(() => sink.stats?.(runId)) ?? untold;
        return { ...told, dropped: told.dropped + losses.count(runId) };
      });
      const of = (key: keyof SinkStats) => all.map((one) => one[key]);
      return {
        written: Math.min(taken, ...of("written")),
        pending: Math.max(0, ...of("pending")),
        pendingBytes: sum(of("pendingBytes")),
        dropped: sum(of("dropped")),
      };
    },
    onError(listener) {
      const stops = sinks.map((sink) => attempt(() => sink.onError?.(listener)));
      stops.push(errors.listen(listener));
      return () => {
        for (const stop of stops) attempt(() => stop?.());
      };
    },
    lastStep(runId) {
      const steps = sinks.flatMap((sink) => attempt(() => sink.lastStep?.(runId)) ?? []);
      return steps.length > 0 ? Math.max(...steps) : undefined;
    },
  };
}

const NOTHING: SinkStats = { written: 0, pending: 0, pendingBytes: 0, dropped: 0 };

function combined(failures: readonly unknown[]): StepLogError {
  const known = failures.filter(isStepLogError);
  const code = known[0]?.code ?? "SINK_FAILED";
  const same = known.length === failures.length && known.every((error) => error.code === code);
  return new StepLogError(same ? code : "SINK_FAILED", `${failures.length} sinks failed to flush`, {
    cause: new AggregateError(failures),
    lost: sum(known.map((error) => error.lost)),
    pending: Math.max(0, ...known.map((error) => error.pending)),
  });
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
