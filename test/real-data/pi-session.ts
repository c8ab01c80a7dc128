import { dataLines } from "./data-folder.ts";
import type { Foreign, RealRun, RealStep } from "./real-run.ts";

export const PI_FILE = "pi-mono/large-session.jsonl";

/** Reads the session of pi: a message a line; a tool's result names the call that it answers. */
export function piSession(): RealRun[] {
  const lines = dataLines(PI_FILE);
  const session = lines.find((line) => line.type === "session");
  const asked = new Map<string, { input: unknown; atMs: number }>();
  const steps = lines.flatMap((line) => [
    { type: "event" as const, name: line.type, data: line },
    ...callsOf(line, asked),
  ]);
  const run = { agent: { name: "pi" }, taskType: "coding", metadata: session };
  return [{ runId: session.id, run, steps }];
}

function callsOf(
  { timestamp, message }: Foreign,
  asked: Map<string, { input: unknown; atMs: number }>,
): RealStep[] {
  const atMs = Date.parse(timestamp);
  if (message?.role === "toolResult") return [toolCall(message, atMs, asked)];
  if (message?.role !== "assistant") return [];
  for (const part of message.content) {
    if (part.type === "toolCall") asked.set(part.id, { input: part.arguments, atMs });
  }
  const { usage } = message;
  const call = {
    model: message.model,
    provider: message.provider,
    // pi counts as Anthropic does: without the cache.
    inputTokens: usage.input + usage.cacheRead + usage.cacheWrite,
    outputTokens: usage.output,
    cacheReadTokens: usage.cacheRead,
    cacheWriteTokens: usage.cacheWrite,
    stopReason: message.stopReason,
    durationMs: atMs - message.timestamp,
    error: message.errorMessage ?? null,
    usage,
  };
  return [{ type: "llm_call", call }];
}

function toolCall(
  message: Foreign,
  atMs: number,
  asked: Map<string, { input: unknown; atMs: number }>,
): RealStep {
  const { toolName: tool, toolCallId, content, details, isError } = message;
  const { input, atMs: askedMs = null } = asked.get(toolCallId) ?? {};
  const error = isError ? content.map((part: Foreign) => part.text).join("\n") : null;
  const durationMs = askedMs === null ? null : atMs - askedMs;
  const output = { content, details };
  return { type: "tool_call", call: { tool, toolCallId, input, output, error, durationMs } };
}
