import { expect, test } from "vitest";
import { costOf } from "../../src/index.ts";
import { call } from "../calls.ts";

// The name, the provider of the record, and whose price of what it is.
test.each([
  ["claude-sonnet-4-6", null, "anthropic claude-sonnet-4-6"],
  ["Claude-Sonnet-4-6 ", " Anthropic", "anthropic claude-sonnet-4-6"],
  ["claude-opus-4-5-20251101", "anthropic", "anthropic claude-opus-4-5"],
  ["claude-opus-4-6[1m]", null, "anthropic claude-opus-4-6"],
  ["anthropic/claude-sonnet-4-5", null, "anthropic claude-sonnet-4-5"],
  ["anthropic:claude-sonnet-4-5", null, "anthropic claude-sonnet-4-5"],
  ["anthropic/claude-sonnet-4.5", "gateway", "anthropic claude-sonnet-4-5"],
  ["anthropic/claude-sonnet-4.5", "openrouter", "openrouter anthropic/claude-sonnet-4.5"],
  ["claude-sonnet-4-5", "our-company", "anthropic claude-sonnet-4-5"],
  ["claude-sonnet-4-5", "anthropic.messages", "anthropic claude-sonnet-4-5"],
  ["gpt-4o-2024-08-06", "openai.chat", "openai gpt-4o"],
  ["openai/gpt-4o", "openai", "openai gpt-4o"],
  ["openrouter/openai/gpt-4o", null, "openrouter openai/gpt-4o"],
  ["azure/gpt-4o", null, "azure gpt-4o"],
  ["gpt-4o", "azure-openai.chat", "azure gpt-4o"],
  ["gpt-4o", "azure.ai.openai", "azure gpt-4o"],
  ["openai/gpt-4o", "litellm", "openai gpt-4o"],
  [
    "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
    null,
    "aws regional.anthropic.claude-sonnet-4-5-20250929-v1:0",
  ],
  [
    "global.anthropic.claude-sonnet-4-5-20250929-v1:0",
    "amazon-bedrock",
    "aws global.anthropic.claude-sonnet-4-5-20250929-v1:0",
  ],
  [
    "bedrock/anthropic.claude-3-5-sonnet-20241022-v2:0",
    null,
    "aws regional.anthropic.claude-3-5-sonnet-20241022-v2:0",
  ],
  [
    "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-sonnet-4-5-20250929-v1:0",
    null,
    "aws regional.anthropic.claude-sonnet-4-5-20250929-v1:0",
  ],
  ["eu.amazon.nova-pro-v1:0", "aws.bedrock", "aws amazon.nova-pro-v1:0"],
  ["claude-sonnet-4-5@20250929", "vertex.anthropic.messages", "google claude-sonnet-4-5"],
  [
    "projects/p/locations/us-east5/publishers/anthropic/models/claude-sonnet-4-5@20250929",
    null,
    "google claude-sonnet-4-5",
  ],
  ["vertex_ai/gemini-2.5-pro", null, "google gemini-2.5-pro"],
  ["gemini-2.5-pro", "gcp.vertex_ai", "google gemini-2.5-pro"],
  ["models/gemini-2.5-pro", null, "google gemini-2.5-pro"],
  ["models/gemini-2.5-pro", "google.generative-ai", "google gemini-2.5-pro"],
  ["llama-3.3-70b-versatile", "groq.chat", "groq llama-3.3-70b-versatile"],
  ["grok-4", "xai.chat", "x-ai grok-4-0709"],
  ["ft:gpt-4o-2024-08-06:acme::abc", null, "openai ft:gpt-4o"],
  ["text-embedding-3-small", null, "openai text-embedding-3-small"],
])("%j of %j has the price of %j", (model, provider, expected) => {
  const { price } = costOf(call({ model, provider }));
  expect(`${price?.provider} ${price?.model}`).toBe(expected);
});

test.each([
  ["claude-sonnet-4-5", "openai"],
  ["gpt-4o", "ollama"],
  ["gpt-4o", "vllm"],
  ["claude-sonnet-4-5", "lm_studio"],
  ["meta-llama/llama-3.3-70b-instruct", null],
  ["arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc123", null],
  ["<synthetic>", null],
])("%j of %j has none", (model, provider) => {
  expect(costOf(call({ model, provider })).reason).toBe("unknown_model");
});
