import { memorySink, StepLog } from "@step-log/core";
import { Replay, type ReplayOptions } from "../src/index.ts";

/** A step to record: a model, an event, or a tool with its input and output. */
export type MadeStep =
  | { readonly model: string; readonly inputTokens?: number }
  | { readonly event: string; readonly data?: unknown }
  | {
      readonly tool: string;
      readonly input?: unknown;
      readonly output?: unknown;
      readonly error?: unknown;
    };

/** Records a run of these steps, one after the other, and opens it. */
export async function makeRun(
  runId: string,
  steps: readonly MadeStep[],
  { error, ...options }: ReplayOptions & { readonly error?: string } = {},
): Promise<Replay> {
  const sink = memorySink();
  const log = new StepLog({ sink, runId });
  for (const step of steps) {
    if ("tool" in step) log.recordToolCall(step);
    else if ("event" in step) log.recordEvent(step.event, step.data);
    else log.recordLlmCall(step);
  }
  if (error !== undefined) log.end({ error });
  await log.close();
  return Replay.open(sink, runId, options);
}
