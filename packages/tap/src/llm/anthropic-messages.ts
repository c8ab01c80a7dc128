import { count, type Fields, fields, sum, text } from "./fields.ts";
import type { LlmApi } from "./llm-api.ts";
import type { LlmFacts } from "./llm-facts.ts";

/**
 * Anthropic's Messages API, at Anthropic's, on Vertex AI and where others speak it.
 *
 * Its `input_tokens` leave cached ones out, and its totals leave out the tokens that a compaction
 * took, which stand in `iterations` (platform.claude.com/docs, "Prompt caching", "Compaction").
 */
export const anthropicMessages: LlmApi = {
  name: "anthropic-messages",
  matches: ({ pathname }) =>
    pathname.endsWith("/v1/messages") ||
    /\/publishers\/anthropic\/models\/[^/]+:(?:streamR|r)awPredict$/.test(pathname),
  modelIn: ({ pathname }) => /\/models\/([^/:@]+)[^/]*$/.exec(pathname)?.[1] ?? null,
  telling: /"type":\s*"(?:message_|error)/,
  read: readMessage,
};

/** Reads a message or an event of a stream; Bedrock has the same ones. */
export function readMessage(message: Fields, facts: LlmFacts): void {
  switch (message["type"]) {
    case "message":
      begun(message, facts);
      facts.outputTokens = outputTokens(facts);
      facts.hasOutput = true;
      facts.isComplete = true;
      break;
    case "message_start":
      // Its count of output tokens is not that of the whole.
      facts.usage = undefined;
      begun(fields(message["message"]), facts);
      break;
    case "content_block_start":
    case "content_block_delta":
      facts.hasOutput = true;
      break;
    case "message_delta":
      facts.stopReason = text(fields(message["delta"])["stop_reason"]) ?? facts.stopReason;
      addUsage(message["usage"], facts);
      facts.outputTokens = outputTokens(facts);
      break;
    case "message_stop":
      facts.isComplete = true;
      break;
    case "error": {
      const { type, message: said } = fields(message["error"]);
      facts.error = [text(type), text(said)].filter(Boolean).join(": ") || "error";
    }
  }
}

function begun(message: Fields, facts: LlmFacts): void {
  facts.model = text(message["model"]) ?? facts.model;
  facts.responseId = text(message["id"]) ?? facts.responseId;
  facts.stopReason = text(message["stop_reason"]) ?? facts.stopReason;
  addUsage(message["usage"], facts);
}

/** Usage comes in parts, of which the later ones are right. */
function addUsage(usage: unknown, facts: LlmFacts): void {
  const known = Object.entries(fields(usage)).filter(([, value]) => value !== null);
  if (known.length === 0) return;
  const all = { ...fields(facts.usage), ...Object.fromEntries(known) };
  facts.usage = all;
  const { input, read, write } = inputOf(all);
  const besides = compactions(all).map(inputOf);
  const total = (key: keyof ReturnType<typeof inputOf>, own: number | null): number | null =>
    sum(own, ...besides.map((part) => part[key]));
  facts.inputTokens = input === null ? null : total("all", sum(input, read, write));
  facts.cacheReadTokens = total("read", read);
  facts.cacheWriteTokens = total("write", write);
  const { thinking_tokens } = fields(all["output_tokens_details"]);
  facts.reasoningTokens = count(thinking_tokens);
}

function inputOf(usage: Fields) {
  const input = count(usage["input_tokens"]);
  const read = count(usage["cache_read_input_tokens"]);
  const write = count(usage["cache_creation_input_tokens"]);
  return { input, read, write, all: sum(input, read, write) };
}

function outputTokens({ usage }: LlmFacts): number | null {
  const all = fields(usage);
  const output = count(all["output_tokens"]);
  const besides = compactions(all).map((part) => count(part["output_tokens"]));
  return output === null ? null : sum(output, ...besides);
}

/** The calls of the same model that the totals leave out. */
function compactions({ iterations }: Fields): Fields[] {
  const parts = Array.isArray(iterations) ? iterations.map(fields) : [];
  return parts.filter(({ type }) => type === "compaction");
}
