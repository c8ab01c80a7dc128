import { anthropicMessages } from "./anthropic-messages.ts";
import { bedrockConverse } from "./bedrock-converse.ts";
import { bedrockInvoke } from "./bedrock-invoke.ts";
import { gemini } from "./gemini.ts";
import type { LlmApi } from "./llm-api.ts";
import { openaiChat } from "./openai-chat.ts";
import { openaiResponses } from "./openai-responses.ts";

/** The APIs that are known without being told. */
export const LLM_APIS: readonly LlmApi[] = [
  anthropicMessages,
  openaiChat,
  openaiResponses,
  gemini,
  bedrockConverse,
  bedrockInvoke,
];
