/** A name to look for in the price list, and at whom. */
export interface Candidate {
  readonly model: string;
  /** As the price list calls it; the list guesses it from the model where it is not there. */
  readonly provider?: string;
}

/** Finds a provider of the price list by a name that it may go by. */
export type ProviderFinder = (name: string) => string | undefined;

// What others call the providers of the price list, beside the names that it knows itself.
const ALIASES = /* @__PURE__ */ new Map<string, string>([
  ["azure-openai", "azure"], // AI SDK
  ["azure_ai", "azure"], // LiteLLM
  ["azure_openai", "azure"], // LangChain
  ["fireworks_ai", "fireworks"], // LiteLLM
  ["gemini", "google"],
  ["moonshot", "moonshotai"],
  ["togetherai", "together"], // AI SDK
  ["xai", "x-ai"],
]);

// They run on one's own machine, so the price of whoever made the model is not theirs.
const LOCAL = /^(?:ollama|lm[-_]?studio|llama[-_.]?cpp|llamafile|vllm|localai|mlx|jan|gpt4all)\b/;

// arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-sonnet-4-5-…-v1:0
const BEDROCK_ARN = /^arn:aws[\w-]*:bedrock:.*\/([^/]+)$/;
// us.anthropic.claude-sonnet-4-5-20250929-v1:0
const BEDROCK_ID =
  /^(?:[a-z-]{2,8}\.)?(?:ai21|amazon|anthropic|cohere|deepseek|google|meta|minimax|mistral|moonshotai?|nvidia|openai|qwen|stability|writer|zai)\.[a-z]/;
// projects/my-project/locations/us-east5/publishers/anthropic/models/claude-sonnet-4-5@20250929
const VERTEX_PATH = /^(?:projects\/.*\/)?publishers\/[^/]+\/models\/([^/]+)$/;
// Names of OpenAI's that the list does not tell by themselves.
const OPENAI = /^(?:ft:gpt-|text-embedding-|text-davinci-|chatgpt-|codex-|computer-use)/;
// models/gemini-2.5-pro
const GEMINI_PATH = /^models\/([^/]+)$/;

/**
 * Names under which a model may stand in the price list, the likeliest first.
 *
 * A provider that the list knows is taken at its word: what it does not sell has no price. Of one
 * that it does not know (a gateway, a framework, a company's own name) the model's own name counts.
 */
export function candidates(
  model: string,
  provider: string | undefined,
  find: ProviderFinder,
): Candidate[] {
  const name = model.trim().toLowerCase();
  const hint = provider?.trim().toLowerCase();
  if (hint !== undefined && LOCAL.test(hint)) return [];

  const bedrock = BEDROCK_ARN.exec(name)?.[1];
  if (bedrock !== undefined) return [{ model: bedrock, provider: "aws" }];
  const vertex = VERTEX_PATH.exec(name)?.[1];
  if (vertex !== undefined) return [{ model: vertex, provider: "google" }];

  const own = GEMINI_PATH.exec(name)?.[1] ?? name;
  const known = hint === undefined ? undefined : providerOf(hint, find);
  const [prefix, rest] = split(own);
  const prefixed = prefix === undefined ? undefined : providerOf(prefix, find);
  const inner = prefixed === undefined ? [] : [{ model: rest, provider: prefixed }];
  if (known !== undefined) {
    return [{ model: own, provider: known }, ...(prefixed === known ? inner : [])];
  }
  const bedrockId = BEDROCK_ID.test(own) ? [{ model: own, provider: "aws" }] : [];
  const google = own === name ? [] : [{ model: own, provider: "google" }];
  const openAi = OPENAI.test(own) ? [{ model: own, provider: "openai" }] : [];
  return [...google, ...bedrockId, ...openAi, ...inner, { model: own }];
}

/** `openai.responses` is OpenAI, `gcp.vertex_ai` Google. */
function providerOf(name: string, find: ProviderFinder): string | undefined {
  const [first = name] = name.split(".");
  return find(ALIASES.get(first) ?? first) ?? find(name);
}

/** `openai/gpt-4o` and `openai:gpt-4o` in two; a `:` behind a `/`, or behind a dot as in `v1:0`, is of the name. */
function split(name: string): [prefix: string | undefined, rest: string] {
  const at = name.search(/[/:]/);
  return at > 0 ? [name.slice(0, at), name.slice(at + 1)] : [undefined, name];
}
