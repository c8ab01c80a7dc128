import { dataFile } from "./data-folder.ts";
import type { Foreign, RealRun, RealStep } from "./real-run.ts";

export const TAU_FILE = "tau-bench/gpt-4o-airline.json.gz";

/** Reads the runs of tau-bench: OpenAI's messages, with neither tokens nor times. */
export function tauBench(): RealRun[] {
  return JSON.parse(dataFile(TAU_FILE)).map(({ traj, ...about }: Foreign) => ({
    runId: `airline-${about.task_id}-${about.trial}`,
    run: { agent: { name: "tau-bench" }, taskType: "airline", metadata: about },
    steps: stepsOf(traj),
  }));
}

function stepsOf(messages: readonly Foreign[]): RealStep[] {
  const asked = new Map<string, unknown>();
  return messages.flatMap((message): RealStep[] => {
    const event: RealStep = { type: "event", name: message.role, data: message };
    if (message.role === "tool") return [event, toolCall(message, asked)];
    if (message.role !== "assistant") return [event];
    const calls: Foreign[] = message.tool_calls ?? [];
    for (const call of calls) asked.set(call.id, JSON.parse(call.function.arguments));
    const stopReason = calls.length > 0 ? "tool_calls" : "stop";
    return [event, { type: "llm_call", call: { model: "gpt-4o", provider: "openai", stopReason } }];
  });
}

function toolCall(message: Foreign, asked: Map<string, unknown>): RealStep {
  const { name: tool, tool_call_id: toolCallId, content: output } = message;
  const error = output.startsWith("Error") ? output : null;
  const input = asked.get(toolCallId);
  return { type: "tool_call", call: { tool, toolCallId, input, output, error } };
}
