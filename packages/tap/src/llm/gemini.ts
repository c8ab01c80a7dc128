import { count, fields, firstOf, sum, text } from "./fields.ts";
import type { LlmApi } from "./llm-api.ts";
import { errorText } from "./openai-chat.ts";

/**
 * Google's `generateContent`, streamed or not, of the Gemini API and of Vertex AI. Each chunk of a
 * stream has the usage so far; thoughts are counted beside the candidates, and the results of tools
 * beside the prompt (ai.google.dev/api/generate-content, `UsageMetadata`).
 */
export const gemini: LlmApi = {
  name: "gemini",
  matches: ({ pathname }) => /:(?:streamG|g)enerateContent$/.test(pathname),
  modelIn: ({ pathname }) => /\/models\/([^/:]+):/.exec(pathname)?.[1] ?? null,
  read(message, facts) {
    facts.model = text(message["modelVersion"]) ?? facts.model;
    facts.responseId = text(message["responseId"]) ?? facts.responseId;
    facts.error = errorText(message["error"]) ?? facts.error;
    const candidate = firstOf(message["candidates"]);
    facts.hasOutput ||= candidate["content"] !== undefined;
    const blocked = fields(message["promptFeedback"])["blockReason"];
    facts.stopReason = text(candidate["finishReason"]) ?? text(blocked) ?? facts.stopReason;
    const usage = message["usageMetadata"] ?? null;
    if (usage === null) return;
    facts.usage = usage;
    const counts = fields(usage);
    const thoughts = count(counts["thoughtsTokenCount"]);
    facts.inputTokens = sum(
      count(counts["promptTokenCount"]),
      count(counts["toolUsePromptTokenCount"]),
    );
    facts.outputTokens = sum(count(counts["candidatesTokenCount"]), thoughts);
    facts.cacheReadTokens = count(counts["cachedContentTokenCount"]);
    facts.reasoningTokens = thoughts;
  },
};
