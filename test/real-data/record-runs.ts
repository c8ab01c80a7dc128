import { type Sink, StepLog, type StepLogOptions } from "../../packages/core/src/index.ts";
import type { RealRun, RealStep } from "./real-run.ts";

/** Records runs as if all were under way at once: the first step of each, the second of each, … */
export function recordRuns(
  runs: readonly RealRun[],
  sink: Sink,
  options: Partial<StepLogOptions> = {},
): StepLog[] {
  const logs = runs.map(({ runId, run }) => new StepLog({ ...options, runId, run, sink }));
  const longest = Math.max(...runs.map(({ steps }) => steps.length));
  for (let i = 0; i < longest; i++) {
    runs.forEach(({ steps }, at) => {
      const [step, log] = [steps[i], logs[at]];
      if (step !== undefined && log !== undefined) record(log, step);
    });
  }
  return logs;
}

function record(log: StepLog, step: RealStep): number {
  if (step.type === "event") return log.recordEvent(step.name, step.data);
  return step.type === "llm_call" ? log.recordLlmCall(step.call) : log.recordToolCall(step.call);
}
