import type { StepLogError } from "@step-log/core";
import type { SinkBench } from "./sink-bench.ts";
import { testEntry } from "./test-entry.ts";

/** Writes one entry to a closed sink; says whether the sink tells that it is lost. */
export async function lateEntryTold(bench: SinkBench): Promise<boolean> {
  const { sink } = bench;
  const heard: StepLogError[] = [];
  const stop = sink.onError?.((error) => void heard.push(error));
  const before = sink.stats?.().dropped ?? 0;
  sink.write(testEntry({ runId: "late", step: 1 }));
  const flushed = await bench.tryFlush();
  stop?.();
  const dropped = (sink.stats?.().dropped ?? 0) - before;
  return dropped === 1 || heard.length > 0 || (flushed?.lost ?? 0) > 0;
}
