import { count, type Fields, fields, firstOf, sum, text } from "./fields.ts";
import type { LlmApi } from "./llm-api.ts";
import type { LlmFacts } from "./llm-facts.ts";

/**
 * OpenAI's Chat Completions and Completions, and the many servers that speak them. A stream tells its
 * usage only where `stream_options.include_usage` asks for it; else it is not known.
 */
export const openaiChat: LlmApi = {
  name: "openai-chat",
  matches: ({ pathname }) => /\/(?:chat\/)?completions$/.test(pathname),
  // Azure's path names the deployment, which its users mostly call like the model.
  modelIn: ({ pathname }) => /\/deployments\/([^/]+)\//.exec(pathname)?.[1] ?? null,
  telling: /"usage":\s*\{|"x_groq"|"finish_reason":\s*"|"error"/,
  read(message, facts) {
    facts.model = text(message["model"]) ?? facts.model;
    facts.responseId = text(message["id"]) ?? facts.responseId;
    const choice = firstOf(message["choices"]);
    facts.stopReason = text(choice["finish_reason"]) ?? facts.stopReason;
    facts.hasOutput ||= hasOutput(choice);
    facts.error = errorText(message["error"]) ?? facts.error;
    // Groq has it beside the choices, in the last chunk of a stream.
    const usage = message["usage"] ?? fields(message["x_groq"])["usage"] ?? null;
    if (usage === null) return;
    facts.usage = usage;
    readUsage(fields(usage), facts);
  },
};

/** What an `error` of OpenAI's APIs says: `insufficient_quota: You exceeded your current quota …`. */
export function errorText(error: unknown): string | null {
  if (typeof error === "string") return text(error);
  const { type, code, message } = fields(error);
  const parts = [text(type) ?? text(code), text(message)].filter((part) => part !== null);
  return parts.length > 0 ? parts.join(": ") : null;
}

function hasOutput(choice: Fields): boolean {
  if (text(choice["text"]) !== null || choice["message"] !== undefined) return true;
  const { content, reasoning_content, reasoning, tool_calls, refusal } = fields(choice["delta"]);
  const texts = [content, reasoning_content, reasoning, refusal];
  return texts.some((value) => text(value) !== null) || Array.isArray(tool_calls);
}

function readUsage(usage: Fields, facts: LlmFacts): void {
  const input = fields(usage["prompt_tokens_details"]);
  const output = fields(usage["completion_tokens_details"]);
  facts.inputTokens = count(usage["prompt_tokens"]);
  // DeepSeek's own name for it, beside OpenAI's or without.
  facts.cacheReadTokens = count(input["cached_tokens"]) ?? count(usage["prompt_cache_hit_tokens"]);
  facts.cacheWriteTokens = count(input["cache_write_tokens"]);
  facts.reasoningTokens = count(output["reasoning_tokens"]);
  const written = count(usage["completion_tokens"]);
  const all = sum(facts.inputTokens, written, facts.reasoningTokens);
  // xAI counts reasoning beside the completion, as the total shows.
  const besides = facts.reasoningTokens !== 0 && count(usage["total_tokens"]) === all;
  facts.outputTokens = besides ? sum(written, facts.reasoningTokens) : written;
}
