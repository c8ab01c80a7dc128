import { uuidV7 } from "@step-log/core";
import type { RecordIdentity } from "./wire-record.ts";

// One takes some 100 bytes.
const MAX_RUNS = 10_000;

/**
 * Numbers the records of a tap, for each run from 1 on and under a `writer` of its own, so that the
 * steps of the run have no gaps.
 */
export function numbering(): (runId: string) => Required<RecordIdentity> {
  let writer = newWriter();
  const steps = new Map<string, number>();
  return (runId) => {
    if (steps.size >= MAX_RUNS && !steps.has(runId)) {
      // A run that is forgotten may go on, and must not have the same numbers again.
      steps.clear();
      writer = newWriter();
    }
    const step = (steps.get(runId) ?? 0) + 1;
    steps.set(runId, step);
    return { run_id: runId, step, writer };
  };
}

function newWriter(): string {
  return `tap-${uuidV7().slice(-8)}`;
}
