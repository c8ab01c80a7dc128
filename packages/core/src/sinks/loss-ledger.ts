import { utf8Bytes } from "../line/text-size.ts";
import { toLine } from "../line/to-line.ts";
import type { LogDroppedRecord } from "../record.ts";
import type { Entry } from "../sink.ts";

/** Lost entries of a run that are there no more. */
export interface LostEntries {
  readonly runId: string;
  /** Of the last of them. */
  readonly step: number;
  readonly count: number;
  /** In UTF-8. */
  readonly bytes: number;
  /** Where all are of one. */
  readonly writer?: string | undefined;
}

/** What a sink lost, kept until it can be written into the log itself. */
export interface LossLedger {
  /** Books one entry as lost. */
  add(entry: Entry, reason: string): void;
  /** Books several entries as lost that were let go of before. */
  addMany(lost: LostEntries, reason: string): void;
  /** Entries lost so far; with a run's id, those of that run. */
  count(runId?: string): number;
  /** Whether something was lost that no `log_dropped` record tells yet. */
  readonly owing: boolean;
  /**
   * Hands over the `log_dropped` entries that are owed, one for each run, writer and reason. The ledger forgets
   * them: who takes them keeps them until they are stored.
   */
  take(): Entry[];
}

// One account is about 200 B, so 10,000 are 2 MB; losses of further runs are counted together.
const MAX_RUNS = 10_000;
const OTHER_RUNS = "(other runs)";

/** Counts lost entries for a sink; a sink writes what `take` gives before it goes on. */
export function lossLedger(): LossLedger {
  const owed = new Map<string, LogDroppedRecord>();
  const perRun = new Map<string, number>();
  let total = 0;
  const addMany = (lost: LostEntries, reason: string) => {
    const { step, writer } = lost;
    total += lost.count;
    const runId = perRun.has(lost.runId) || perRun.size < MAX_RUNS ? lost.runId : OTHER_RUNS;
    perRun.set(runId, (perRun.get(runId) ?? 0) + lost.count);
    const key = JSON.stringify([runId, writer, reason]);
    const before = owed.get(key);
    owed.set(key, {
      run_id: runId,
      step,
      type: "log_dropped",
      ...(writer === undefined ? {} : { writer }),
      count: (before?.count ?? 0) + lost.count,
      bytes: (before?.bytes ?? 0) + lost.bytes,
      reason,
      ts: Date.now() / 1000,
    });
  };
  return {
    add({ runId, step, record: { writer }, line }, reason) {
      addMany({ runId, step, count: 1, bytes: utf8Bytes(line), writer }, reason);
    },
    addMany,
    count: (runId) => (runId === undefined ? total : (perRun.get(runId) ?? 0)),
    get owing() {
      return owed.size > 0;
    },
    take() {
      const records = [...owed.values()];
      owed.clear();
      return records.map((record) => ({
        runId: record.run_id,
        step: record.step,
        record,
        line: toLine(record).text,
      }));
    },
  };
}
