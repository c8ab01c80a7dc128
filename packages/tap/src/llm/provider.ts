// Names as OpenTelemetry has them, `gen_ai.provider.name`, where it has one.
const HOSTS: readonly (readonly [RegExp, string])[] = [
  [/(?:^|\.)anthropic\.com$/, "anthropic"],
  [/(?:^|\.)openai\.com$/, "openai"],
  [/\.openai\.azure\.com$|\.(?:cognitiveservices|services\.ai)\.azure\.com$/, "azure.ai.openai"],
  [/^generativelanguage\.googleapis\.com$/, "gcp.gemini"],
  [/aiplatform\.googleapis\.com$/, "gcp.vertex_ai"],
  [/^bedrock-runtime[.-].*amazonaws\.com(?:\.cn)?$/, "aws.bedrock"],
  [/(?:^|\.)groq\.com$/, "groq"],
  [/(?:^|\.)deepseek\.com$/, "deepseek"],
  [/(?:^|\.)mistral\.ai$/, "mistral_ai"],
  [/(?:^|\.)x\.ai$/, "x_ai"],
  [/(?:^|\.)perplexity\.ai$/, "perplexity"],
  [/(?:^|\.)cohere\.(?:com|ai)$/, "cohere"],
  [/(?:^|\.)moonshot\.(?:ai|cn)$/, "moonshot_ai"],
  [/(?:^|\.)openrouter\.ai$/, "openrouter"],
  [/(?:^|\.)together\.(?:xyz|ai)$/, "together"],
  [/(?:^|\.)fireworks\.ai$/, "fireworks"],
  [/(?:^|\.)cerebras\.ai$/, "cerebras"],
];

// Behind a gateway or a test server only the name of the model tells.
const MODELS: readonly (readonly [RegExp, string])[] = [
  [/^claude-/, "anthropic"],
  [/^(?:gpt-|chatgpt-|o\d)/, "openai"],
  [/^gemini-/, "gcp.gemini"],
  [/^(?:[a-z]{2,6}\.)?(?:anthropic|amazon|meta|cohere|mistral|ai21)\./, "aws.bedrock"],
];

/** Whose model answered: told by the host, else by the model's name, else not known. */
export function providerOf(host: string, model: string | null): string | null {
  const told = HOSTS.find(([pattern]) => pattern.test(host));
  return (told ?? MODELS.find(([pattern]) => pattern.test(model ?? "")))?.[1] ?? null;
}
