import { count, fields, text } from "./fields.ts";
import type { LlmApi } from "./llm-api.ts";
import { errorText } from "./openai-chat.ts";

/** OpenAI's Responses API, and servers that speak it. The last event of a stream has the usage. */
export const openaiResponses: LlmApi = {
  name: "openai-responses",
  matches: ({ pathname }) => pathname.endsWith("/responses"),
  telling: /"type":\s*"(?:response\.(?:completed|incomplete|failed|cancelled)|error)"/,
  read(message, facts) {
    const type = text(message["type"]);
    if (type === "error") {
      facts.error = errorText(message["error"] ?? { ...message, type: message["code"] }) ?? "error";
      return;
    }
    if (type !== null && /\.delta$|output_item\.added$/.test(type)) facts.hasOutput = true;
    const streamed = fields(message["response"]);
    const response = message["object"] === "response" ? message : streamed;
    facts.model = text(response["model"]) ?? facts.model;
    facts.responseId = text(response["id"]) ?? facts.responseId;
    facts.error = errorText(response["error"]) ?? facts.error;
    const status = text(response["status"]);
    if (status === null || status === "in_progress" || status === "queued") return;
    facts.isComplete = true;
    facts.hasOutput = true;
    facts.stopReason = text(fields(response["incomplete_details"])["reason"]) ?? status;
    const usage = response["usage"] ?? null;
    if (usage === null) return;
    facts.usage = usage;
    const counts = fields(usage);
    const input = fields(counts["input_tokens_details"]);
    facts.inputTokens = count(counts["input_tokens"]);
    facts.outputTokens = count(counts["output_tokens"]);
    facts.cacheReadTokens = count(input["cached_tokens"]);
    facts.cacheWriteTokens = count(input["cache_write_tokens"]);
    facts.reasoningTokens = count(fields(counts["output_tokens_details"])["reasoning_tokens"]);
  },
};
