import { readMessage } from "./anthropic-messages.ts";
import { bedrockModel, readConverse, readRequestId } from "./bedrock-converse.ts";
import { count, type Fields, fields, firstOf, sum, text } from "./fields.ts";
import type { LlmApi } from "./llm-api.ts";
import type { LlmFacts } from "./llm-facts.ts";
import { openaiChat } from "./openai-chat.ts";

/**
 * Amazon Bedrock's InvokeModel, streamed or not. Bodies are those of each model's maker; what they do
 * not tell stands in the headers, or in the metrics that end a stream.
 */
export const bedrockInvoke: LlmApi = {
  name: "bedrock-invoke",
  matches: ({ pathname }) => /\/model\/[^/]+\/invoke(?:-with-response-stream)?$/.test(pathname),
  modelIn: bedrockModel,
  readHeaders(headers, facts) {
    readRequestId(headers, facts);
    const told = (name: string) => {
      const value = headers.get(`x-amzn-bedrock-${name}-token-count`);
      return value === null ? null : count(Number(value));
    };
    counted(facts, {
      input: told("input"),
      output: told("output"),
      read: told("cache-read-input"),
      write: told("cache-write-input"),
    });
  },
  read(message, facts, event) {
    const { type, object } = message;
    if (typeof type === "string") readMessage(message, facts);
    else if (typeof object === "string") openaiChat.read(message, facts, event);
    else if (isNova(message)) readNova(message, facts);
    else readOther(message, facts);
    const metrics = fields(message["amazon-bedrock-invocationMetrics"]);
    counted(facts, {
      input: count(metrics["inputTokenCount"]),
      output: count(metrics["outputTokenCount"]),
      read: count(metrics["cacheReadInputTokenCount"]),
      write: count(metrics["cacheWriteInputTokenCount"]),
    });
    if (metrics["inputTokenCount"] === undefined) return;
    facts.usage ??= metrics;
    facts.isComplete = true;
  },
};

interface Counts {
  readonly input: number | null;
  readonly output: number | null;
  readonly read: number | null;
  readonly write: number | null;
}

/** Fills in what the body did not tell. */
function counted(facts: LlmFacts, { input, output, read, write }: Counts): void {
  if (input !== null) facts.inputTokens ??= sum(input, read, write);
  facts.outputTokens ??= output;
  facts.cacheReadTokens ??= read;
  facts.cacheWriteTokens ??= write;
}

const NOVA_EVENTS = ["messageStart", "contentBlockDelta", "messageStop", "metadata"];

function isNova(message: Fields): boolean {
  return message["output"] !== undefined || NOVA_EVENTS.some((event) => event in message);
}

/** Amazon's own models answer like Converse; the events of a stream stand under their names. */
function readNova(message: Fields, facts: LlmFacts): void {
  const event = NOVA_EVENTS.find((name) => name in message);
  readConverse(event === undefined ? message : fields(message[event]), facts, event);
}

/** Llama, Titan, Cohere, Mistral, AI21. */
function readOther(message: Fields, facts: LlmFacts): void {
  const titan = firstOf(message["results"]);
  const answer = [
    firstOf(message["outputs"]),
    firstOf(message["generations"]),
    firstOf(message["choices"]),
    titan,
  ].find((one) => Object.keys(one).length > 0);
  const told = { ...answer, ...message };
  const reason = [
    told["stop_reason"],
    told["completionReason"],
    fields(firstOf(message["completions"])["finishReason"])["reason"],
    told["finish_reason"],
  ];
  facts.stopReason = reason.map(text).find((word) => word !== null) ?? facts.stopReason;
  facts.hasOutput = true;
  const usage = fields(message["usage"] ?? fields(message["meta"])["billed_units"]);
  const input =
    message["prompt_token_count"] ??
    message["inputTextTokenCount"] ??
    usage["prompt_tokens"] ??
    usage["input_tokens"];
  const output =
    message["generation_token_count"] ??
    message["totalOutputTextTokenCount"] ??
    titan["tokenCount"] ??
    usage["completion_tokens"] ??
    usage["output_tokens"];
  facts.inputTokens = count(input) ?? facts.inputTokens;
  facts.outputTokens = count(output) ?? facts.outputTokens;
}
