import { basename } from "node:path";
import { dataLines } from "./data-folder.ts";
import type { Foreign, RealRun, RealStep } from "./real-run.ts";

export const CLAUDE_CODE_FILES = [
  "claude-code/3f_603dd13c2c_0_full.jsonl",
  "claude-code/72_95d22ef3a1_0_full.jsonl",
  "claude-code/test__test_data__edge_cases.jsonl",
  "claude-code/test__test_data__representative_messages.jsonl",
  "claude-code/test__test_data__session_b.jsonl",
  "claude-code/test__test_data__todowrite_examples.jsonl",
] as const;

/**
 * Reads transcripts of Claude Code: a response stands on several lines of one `message.id`, and the
 * usage of the last of them counts. Some lines are of no known shape, or no objects.
 */
export function claudeCode(): RealRun[] {
  return CLAUDE_CODE_FILES.map((file) => {
    const lines = dataLines(file);
    const version = lines.find((line) => line?.version)?.version;
    const run = { agent: { name: "claude-code", version }, metadata: { file } };
    return { runId: basename(file, ".jsonl"), run, steps: stepsOf(lines) };
  });
}

function stepsOf(lines: readonly Foreign[]): RealStep[] {
  const lastOf = new Map<string, Foreign>();
  for (const line of lines) {
    if (line?.type === "assistant") lastOf.set(line.message.id, line);
  }
  const asked = new Map<string, { use: Foreign; line: Foreign }>();
  return lines.flatMap((line): RealStep[] => {
    const event: RealStep = { type: "event", name: line?.type ?? "line", data: line };
    const parts: Foreign[] = Array.isArray(line?.message?.content) ? line.message.content : [];
    for (const use of parts.filter((part) => part.type === "tool_use")) {
      asked.set(use.id, { use, line });
    }
    const results = parts.filter((part) => part.type === "tool_result");
    const tools = results.map((part) => toolCall(part, line, asked.get(part.tool_use_id)));
    const isLast = line?.type === "assistant" && lastOf.get(line.message.id) === line;
    return [event, ...tools, ...(isLast ? [llmCall(line)] : [])];
  });
}

function llmCall({ message, requestId }: Foreign): RealStep {
  const { model, id: responseId, stop_reason: stopReason, usage } = message;
  const cacheReadTokens = usage?.cache_read_input_tokens ?? null;
  const cacheWriteTokens = usage?.cache_creation_input_tokens ?? null;
  const call = {
    model,
    provider: "anthropic",
    // Anthropic counts without the cache.
    inputTokens: usage ? usage.input_tokens + cacheReadTokens + cacheWriteTokens : null,
    outputTokens: usage?.output_tokens ?? null,
    cacheReadTokens,
    cacheWriteTokens,
    stopReason,
    responseId,
    usage,
    ...(requestId === undefined ? {} : { tags: { request: requestId } }),
  };
  return { type: "llm_call", call };
}

function toolCall(
  result: Foreign,
  line: Foreign,
  asked: { use: Foreign; line: Foreign } | undefined,
): RealStep {
  const call = {
    tool: asked?.use.name ?? "unknown",
    toolCallId: result.tool_use_id,
    input: asked?.use.input,
    output: line.toolUseResult ?? result.content,
    error: result.is_error ? result.content : null,
    durationMs: asked ? Date.parse(line.timestamp) - Date.parse(asked.line.timestamp) : null,
  };
  return { type: "tool_call", call };
}
