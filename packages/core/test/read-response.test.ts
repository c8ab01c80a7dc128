import { describe, expect, test } from "vitest";
import { readResponse } from "../src/read-response.ts";

describe("Anthropic's Messages", () => {
  const usage = {
    input_tokens: 3,
    output_tokens: 340,
    cache_creation_input_tokens: 100,
    cache_read_input_tokens: 1000,
  };
  const message = {
    id: "msg_1",
    type: "message",
    model: "claude-sonnet-4-6",
    stop_reason: "tool_use",
    usage,
  };

  test("count cached tokens beside input_tokens; all together are the input", () => {
    expect(readResponse(message)).toEqual({
      model: "claude-sonnet-4-6",
      inputTokens: 1103,
      outputTokens: 340,
      cacheReadTokens: 1000,
      cacheWriteTokens: 100,
      stopReason: "tool_use",
      responseId: "msg_1",
      usage,
    });
  });

  test("may have null for the cache", () => {
    const none = { ...usage, cache_creation_input_tokens: null, cache_read_input_tokens: null };
    const call = readResponse({ ...message, usage: none });
    expect(call).toMatchObject({ inputTokens: 3, usage: none });
    expect(Object.keys(call)).not.toContain("cacheReadTokens");
  });
});

test("OpenAI's chat completions count cached tokens within prompt_tokens", () => {
  const usage = {
    prompt_tokens: 1200,
    completion_tokens: 340,
    total_tokens: 1540,
    prompt_tokens_details: { cached_tokens: 1000, audio_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: 200 },
  };
  const completion = {
    id: "chatcmpl-1",
    object: "chat.completion",
    model: "gpt-5",
    choices: [{ index: 0, finish_reason: "length", message: {} }],
    usage,
  };
  expect(readResponse(completion)).toEqual({
    model: "gpt-5",
    inputTokens: 1200,
    outputTokens: 340,
    cacheReadTokens: 1000,
    reasoningTokens: 200,
    stopReason: "length",
    responseId: "chatcmpl-1",
    usage,
  });
});

describe("OpenAI's responses", () => {
  const usage = {
    input_tokens: 1200,
    input_tokens_details: { cached_tokens: 1000, cache_write_tokens: 64 },
    output_tokens: 340,
    output_tokens_details: { reasoning_tokens: 200 },
  };
  const response = {
    id: "resp_1",
    object: "response",
    model: "gpt-5",
    status: "completed",
    incomplete_details: null,
    usage,
  };

  test("count cached tokens within input_tokens", () => {
    expect(readResponse(response)).toEqual({
      model: "gpt-5",
      inputTokens: 1200,
      outputTokens: 340,
      cacheReadTokens: 1000,
      cacheWriteTokens: 64,
      reasoningTokens: 200,
      stopReason: "completed",
      responseId: "resp_1",
      usage,
    });
  });

  test("say why they are incomplete", () => {
    const incomplete = {
      ...response,
      status: "incomplete",
      incomplete_details: { reason: "max_output_tokens" },
    };
    expect(readResponse(incomplete).stopReason).toBe("max_output_tokens");
  });
});

test("a proxy that tells of Anthropic's cache beside OpenAI's prompt_tokens has counted it within", () => {
  const usage = {
    prompt_tokens: 1103,
    completion_tokens: 340,
    cache_creation_input_tokens: 100,
    cache_read_input_tokens: 1000,
  };
  expect(readResponse({ model: "m", usage })).toMatchObject({
    inputTokens: 1103,
    cacheReadTokens: 1000,
    cacheWriteTokens: 100,
  });
});

test.each([
  ["nothing", undefined],
  ["null", null],
  ["a text", "answer"],
  ["a list", []],
  ["an object of something else", { answer: 42 }],
  [
    "values of the wrong type",
    { model: 7, id: {}, usage: "many", choices: "none", stop_reason: [1] },
  ],
])("of %s nothing is known", (_, response) => {
  const { usage, ...call } = readResponse(response);
  expect(call).toEqual({
    model: null,
    inputTokens: null,
    outputTokens: null,
    stopReason: null,
    responseId: null,
  });
});
