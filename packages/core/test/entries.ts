import type { Entry, Sink } from "../src/index.ts";
import { memorySink } from "../src/index.ts";

/** An entry as `StepLog` would give it to a sink. */
export function entry(runId: string, step: number, data = ""): Entry {
  const record = { run_id: runId, step, type: "event", name: "e", data, ts: step } as const;
  return { runId, step, record, line: `${JSON.stringify(record)}\n` };
}

/** A memory sink of which some members are others. */
export function sinkWith(members: Partial<Sink>): Sink & { readonly lines: readonly string[] } {
  return { ...memorySink(), ...members };
}

/** A function for any member of a sink, which throws. */
export function broken(): never {
  throw new Error("broken");
}
