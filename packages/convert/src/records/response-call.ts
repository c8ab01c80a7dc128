import { readResponse } from "@step-log/core";
import { count, fields, isObject, text } from "./foreign.ts";
import type { ImportedLlmCall } from "./imported-run.ts";

/** The record of a call out of a provider's response, its tokens as the record counts them. */
export function responseCall(response: unknown): ImportedLlmCall {
  const call = readResponse(response);
  const { cacheReadTokens, cacheWriteTokens, reasoningTokens, usage } = call;
  return {
    model: text(call.model),
    input_tokens: count(call.inputTokens),
    output_tokens: count(call.outputTokens),
    ...(cacheReadTokens === undefined ? {} : { cache_read_tokens: count(cacheReadTokens) }),
    ...(cacheWriteTokens === undefined ? {} : { cache_write_tokens: count(cacheWriteTokens) }),
    ...(reasoningTokens === undefined ? {} : { reasoning_tokens: count(reasoningTokens) }),
    stop_reason: text(call.stopReason),
    ...(text(call.responseId) === null ? {} : { response_id: text(call.responseId) }),
    ...(usage === undefined || usage === null ? {} : { usage }),
  };
}

/** The record of a call out of an assistant's message, which may have the response or its usage with it. */
export function usageCall(message: Readonly<Record<string, unknown>>): ImportedLlmCall {
  const { response } = fields(message["extra"]);
  return responseCall(isObject(response) ? response : message);
}
