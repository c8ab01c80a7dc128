/** What is known of a call of a model; filled in message by message. `null` is not known. */
export interface LlmFacts {
  model: string | null;
  /** All tokens read, cached ones included. */
  inputTokens: number | null;
  outputTokens: number | null;
  /** Part of `inputTokens`. */
  cacheReadTokens: number | null;
  /** Part of `inputTokens`. */
  cacheWriteTokens: number | null;
  /** Part of `outputTokens`. */
  reasoningTokens: number | null;
  /** Why the model stopped, in the provider's own word. */
  stopReason: string | null;
  responseId: string | null;
  /** The provider's own usage object; `undefined` where there was none. */
  usage: unknown;
  /** What the provider says went wrong. */
  error: string | null;
  /** Whether output of the model has come. */
  hasOutput: boolean;
  /** Whether the provider has said that this was all, so that what is behind it may be left unread. */
  isComplete: boolean;
}

/** Facts of which nothing is known yet, but for a model that the request names. */
export function noFacts(model: string | null): LlmFacts {
  return {
    model,
    inputTokens: null,
    outputTokens: null,
    cacheReadTokens: null,
    cacheWriteTokens: null,
    reasoningTokens: null,
    stopReason: null,
    responseId: null,
    usage: undefined,
    error: null,
    hasOutput: false,
    isComplete: false,
  };
}
