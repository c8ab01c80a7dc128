import { dataLines } from "./data-folder.ts";
import type { Foreign, RealRun, RealStep } from "./real-run.ts";

export const CODEX_FILES = [
  "codex-rollouts/rollout-editing.jsonl",
  "codex-rollouts/rollout-subagents.jsonl",
  "codex-rollouts/rollout-subagents-019dbc03-79de-7d53-8196-3167d9a32762.jsonl",
  "codex-rollouts/rollout-subagents-019dbc03-79ee-7ee0-b40b-26920c74c524.jsonl",
] as const;

/** Reads rollouts of Codex: the usage of a call of the model stands in a `token_count` behind it. */
export function codexRollouts(): RealRun[] {
  return CODEX_FILES.map((file) => {
    const lines = dataLines(file);
    const { payload: session } = lines.find((line) => line.type === "session_meta");
    const parent = session.source.subagent?.thread_spawn.parent_thread_id;
    return {
      runId: session.id,
      run: {
        agent: { name: session.originator, version: session.cli_version },
        metadata: session,
        ...(parent === undefined ? {} : { parentRunId: parent, rootRunId: parent }),
      },
      steps: stepsOf(lines),
    };
  });
}

function stepsOf(lines: readonly Foreign[]): RealStep[] {
  const payloads = lines.map((line) => line.payload);
  const ends = new Map<string, Foreign>(
    payloads.filter((it) => /_end$/.test(it.type)).map((it) => [it.call_id, it]),
  );
  const asked = new Map<string, Foreign>();
  let model: string | null = null;
  return lines.flatMap((line): RealStep[] => {
    const { type, payload } = line;
    const event: RealStep = { type: "event", name: payload.type ?? type, data: line };
    if (type === "turn_context") model = payload.model;
    if (/tool_call$|function_call$/.test(payload.type)) asked.set(payload.call_id, payload);
    if (payload.type === "token_count") return [event, llmCall(model, payload.info)];
    if (!/_call_output$/.test(payload.type)) return [event];
    return [event, toolCall(asked.get(payload.call_id), payload, ends.get(payload.call_id))];
  });
}

function llmCall(model: string | null, { last_token_usage: usage }: Foreign): RealStep {
  const call = {
    model,
    provider: "openai",
    // As OpenAI counts, the cache is part of the input.
    inputTokens: usage.input_tokens,
    outputTokens: usage.output_tokens,
    cacheReadTokens: usage.cached_input_tokens,
    reasoningTokens: usage.reasoning_output_tokens,
    usage,
  };
  return { type: "llm_call", call };
}

function toolCall(asked: Foreign, answer: Foreign, end: Foreign): RealStep {
  const { name: tool, call_id: toolCallId } = asked;
  const input = asked.type === "function_call" ? JSON.parse(asked.arguments) : asked.input;
  const failed = end?.exit_code !== undefined && end.exit_code !== 0;
  const call = {
    tool,
    toolCallId,
    input,
    output: answer.output,
    error: failed ? `exit code ${end.exit_code}` : null,
    durationMs: end?.duration ? end.duration.secs * 1e3 + end.duration.nanos / 1e6 : null,
  };
  return { type: "tool_call", call };
}
