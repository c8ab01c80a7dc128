import { count, type Fields, fields, sum, text } from "./fields.ts";
import type { LlmApi } from "./llm-api.ts";
import type { LlmFacts } from "./llm-facts.ts";

/**
 * Amazon Bedrock's Converse and ConverseStream. Cached tokens are counted beside `inputTokens`
 * (docs.aws.amazon.com, Bedrock, "Prompt caching").
 */
export const bedrockConverse: LlmApi = {
  name: "bedrock-converse",
  matches: ({ pathname }) => /\/model\/[^/]+\/converse(?:-stream)?$/.test(pathname),
  modelIn: bedrockModel,
  readHeaders: readRequestId,
  read: readConverse,
};

/** The model in a path of Bedrock's: `/model/<id>/invoke`, an ARN may be escaped in it. */
export function bedrockModel({ pathname }: URL): string | null {
  const id = /\/model\/([^/]+)\//.exec(pathname)?.[1];
  return id === undefined ? null : decodeURIComponent(id);
}

/** Bedrock's answers have no id of their own. */
export function readRequestId(headers: Headers, facts: LlmFacts): void {
  facts.responseId = headers.get("x-amzn-requestid");
}

/** Reads a whole answer or an event of a stream. */
export function readConverse(message: Fields, facts: LlmFacts, event: string | undefined): void {
  facts.hasOutput ||= message["output"] !== undefined || event === "contentBlockDelta";
  facts.stopReason = text(message["stopReason"]) ?? facts.stopReason;
  facts.isComplete ||= event === "metadata" || message["output"] !== undefined;
  const usage = message["usage"] ?? null;
  if (usage === null) return;
  facts.usage = usage;
  const counts = fields(usage);
  const input = count(counts["inputTokens"]);
  const read = count(counts["cacheReadInputTokens"] ?? counts["cacheReadInputTokenCount"]);
  const write = count(counts["cacheWriteInputTokens"] ?? counts["cacheWriteInputTokenCount"]);
  facts.inputTokens = input === null ? null : sum(input, read, write);
  facts.outputTokens = count(counts["outputTokens"]);
  facts.cacheReadTokens = read;
  facts.cacheWriteTokens = write;
}
