// length: OpenAI's chat completions, AI SDK, Mistral, Ollama, TGI; model_length: Mistral;
// max_tokens: Anthropic, Bedrock's Converse, and in capitals Gemini and Cohere, whose v1 also has
// ERROR_LIMIT; max_output_tokens: incomplete_details.reason of OpenAI's responses;
// model_context_window_exceeded: Anthropic, Bedrock's Converse. As the types of their SDKs list
// them.
const TOKEN_LIMIT =
  /^((model_)?length|max_(output_)?tokens|model_context_window_exceeded|error_limit)$/i;

/** Tells whether a call of a model stopped because a limit of tokens was reached. */
export function isTokenLimit(stopReason: string): boolean {
  return TOKEN_LIMIT.test(stopReason);
}
