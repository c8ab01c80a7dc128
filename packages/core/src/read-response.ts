import type { LlmCall } from "./step-log-options.ts";

/**
 * Reads model, tokens and stop reason out of a response of Anthropic's Messages API or OpenAI's Chat
 * Completions and Responses APIs; of anything else, what stands under the same names.
 */
export function readResponse(response: unknown): LlmCall {
  const { model, id, usage, stop_reason, choices, status, incomplete_details } = fields(response);
  const counts = fields(usage);
  const inputDetails = fields(counts["prompt_tokens_details"] ?? counts["input_tokens_details"]);
  const outputDetails = fields(
    counts["completion_tokens_details"] ?? counts["output_tokens_details"],
  );
  const anthropicRead = number(counts["cache_read_input_tokens"]);
  const anthropicWrite = number(counts["cache_creation_input_tokens"]);
  // Anthropic counts cached tokens beside `input_tokens`. OpenAI and OpenTelemetry count them within,
  // as do proxies that tell of Anthropic's cache beside OpenAI's `prompt_tokens`.
  const besides = (anthropicRead ?? 0) + (anthropicWrite ?? 0);
  const uncached = number(counts["input_tokens"]);
  const input = number(counts["prompt_tokens"]) ?? (uncached === null ? null : uncached + besides);
  const choice = fields(Array.isArray(choices) ? choices[0] : undefined);
  const stopReason =
    stop_reason ?? choice["finish_reason"] ?? fields(incomplete_details)["reason"] ?? status;
  return {
    model: text(model),
    inputTokens: input,
    outputTokens: number(counts["completion_tokens"] ?? counts["output_tokens"]),
    stopReason: text(stopReason),
    responseId: text(id),
    ...present("cacheReadTokens", anthropicRead ?? number(inputDetails["cached_tokens"])),
    ...present("cacheWriteTokens", anthropicWrite ?? number(inputDetails["cache_write_tokens"])),
    ...present("reasoningTokens", number(outputDetails["reasoning_tokens"])),
    ...(usage === undefined ? {} : { usage }),
  };
}

function fields(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function number(value: unknown): number | null {
  return typeof value === "number" ? value : null;
}

function text(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

function present(key: keyof LlmCall, value: number | null): LlmCall {
  return value === null ? {} : { [key]: value };
}
