import Anthropic from "@anthropic-ai/sdk";
import {
  BedrockRuntimeClient,
  ConverseCommand,
  ConverseStreamCommand,
  InvokeModelCommand,
  InvokeModelWithResponseStreamCommand,
} from "@aws-sdk/client-bedrock-runtime";
import { GoogleGenAI } from "@google/genai";
import { EventStreamCodec } from "@smithy/core/event-streams";
import { FetchHttpHandler } from "@smithy/fetch-http-handler";
import { type LlmCallRecord, memorySink, StepLog, type WireCallRecord } from "@step-log/core";
import OpenAI from "openai";
import { describe, expect, it, onTestFinished } from "vitest";
import { createTap } from "../src/create-tap.ts";
import { namedSse, serve, serveBody, sse } from "./serve.ts";

/** A tap that records into a log, and what was recorded. */
function tapped() {
  const sink = memorySink();
  const log = new StepLog({ sink, run: false });
  const tap = createTap({ sink });
  tap.recordInto(log);
  return {
    tap,
    calls: () => sink.records().filter((it): it is LlmCallRecord => it.type === "llm_call"),
    async wires() {
      await tap.flush();
      return sink.records().filter((it): it is WireCallRecord => it.type === "wire_call");
    },
  };
}

// No real key, but one of that shape.
const KEY = `sk-ant-api03-${"q7Rz2LmX9vTb4KdW".repeat(3)}`;
const JSON_TYPE = "application/json";
const STREAM_TYPE = "text/event-stream; charset=utf-8";
const question = { role: "user", content: "hé?" } as const;

describe("@anthropic-ai/sdk", () => {
  const usage = {
    input_tokens: 12,
    cache_read_input_tokens: 100,
    cache_creation_input_tokens: 8,
    output_tokens: 30,
    output_tokens_details: { thinking_tokens: 9 },
  };
  const message = {
    id: "msg_01",
    type: "message",
    role: "assistant",
    model: "claude-sonnet-4-6",
    content: [{ type: "text", text: "hé!" }],
    stop_reason: "end_turn",
    usage,
  };
  const stream = namedSse([
    {
      type: "message_start",
      message: {
        ...message,
        content: [],
        stop_reason: null,
        usage: { ...usage, output_tokens: 1 },
      },
    } as { type: string },
    { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } } as never,
    { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "hé!" } } as never,
    { type: "content_block_stop", index: 0 } as never,
    {
      type: "message_delta",
      delta: { stop_reason: "end_turn" },
      usage: { output_tokens: 30 },
    } as never,
    { type: "message_stop" },
  ]);
  const expected = {
    model: "claude-sonnet-4-6",
    provider: "anthropic",
    input_tokens: 120,
    output_tokens: 30,
    cache_read_tokens: 100,
    cache_write_tokens: 8,
    reasoning_tokens: 9,
    stop_reason: "end_turn",
    response_id: "msg_01",
    attempt: 1,
    usage,
  };
  const ask = { model: "claude-sonnet-4-6", max_tokens: 64, messages: [question] };

  it("a message is recorded, without its key", async () => {
    const { tap, calls, wires } = tapped();
    const baseURL = await serveBody(JSON.stringify(message), JSON_TYPE);
    const client = new Anthropic({ apiKey: KEY, baseURL, fetch: tap.fetch });
    const answer = await client.messages.create(ask);
    expect(answer.content).toEqual(message.content);
    expect(calls()).toMatchObject([expected]);
    const [wire] = await wires();
    expect(JSON.parse(wire?.request.body?.data ?? "")).toEqual(ask);
    expect(wire?.request.headers).toMatchObject({
      "anthropic-version": expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
      "x-stainless-retry-count": "0",
    });
    expect(wire?.parent_step).toBe(calls()[0]?.step);
    expect(JSON.stringify(wire)).not.toContain(KEY);
  });

  it("a stream is recorded, and its record is there before the SDK says that it has ended", async () => {
    const { tap, calls, wires } = tapped();
    const baseURL = await serveBody(stream, STREAM_TYPE);
    const client = new Anthropic({ apiKey: KEY, baseURL, fetch: tap.fetch });
    const answer = await client.messages.stream(ask).finalMessage();
    expect(calls()).toMatchObject([expected]);
    expect(answer.usage.output_tokens).toBe(30);
    expect(calls()[0]?.time_to_first_token_ms).toBeGreaterThan(0);
    expect((await wires())[0]?.response?.body?.data).toBe(stream);
  });

  it("one that is left in the middle has no count of its output", async () => {
    const { tap, calls } = tapped();
    const baseURL = await serve((_, response) => {
      response.writeHead(200, { "content-type": STREAM_TYPE });
      response.write(stream.slice(0, stream.indexOf("event: message_delta")));
    });
    const client = new Anthropic({ apiKey: KEY, baseURL, fetch: tap.fetch });
    const events = await client.messages.create({ ...ask, stream: true });
    for await (const event of events) if (event.type === "content_block_delta") break;
    expect(calls()).toMatchObject([
      { input_tokens: 120, output_tokens: null, stop_reason: null, response_id: "msg_01" },
    ]);
    expect(calls()[0]?.error).toMatch(/abort|left/i);
  });

  it("each try is one call, with its error and its number", async () => {
    const { tap, calls, wires } = tapped();
    let count = 0;
    const baseURL = await serve((_, response) => {
      const isFirst = count++ === 0;
      response.writeHead(isFirst ? 529 : 200, { "content-type": JSON_TYPE, "retry-after-ms": "1" });
      const error = { type: "error", error: { type: "overloaded_error", message: "Overloaded" } };
      response.end(JSON.stringify(isFirst ? error : message));
    });
    const client = new Anthropic({ apiKey: KEY, baseURL, fetch: tap.fetch });
    await client.messages.create(ask);
    expect(calls()).toMatchObject([
      {
        model: "claude-sonnet-4-6",
        attempt: 1,
        input_tokens: null,
        // The SDK does not read the body of what it tries again.
        error: "HTTP 529",
      },
      { ...expected, attempt: 2 },
    ]);
    expect((await wires()).map((wire) => wire.attempt)).toEqual([1, 2]);
  });

  it("an error within a stream is the call's", async () => {
    const { tap, calls } = tapped();
    const error = { type: "error", error: { type: "overloaded_error", message: "Overloaded" } };
    const baseURL = await serveBody(namedSse([error]), STREAM_TYPE);
    const client = new Anthropic({ apiKey: KEY, baseURL, fetch: tap.fetch, maxRetries: 0 });
    await expect(client.messages.stream(ask).finalMessage()).rejects.toThrow("Overloaded");
    expect(calls()).toMatchObject([{ error: "overloaded_error: Overloaded", output_tokens: null }]);
  });
});

describe("openai", () => {
  const usage = {
    prompt_tokens: 20,
    completion_tokens: 8,
    total_tokens: 28,
    prompt_tokens_details: { cached_tokens: 16 },
    completion_tokens_details: { reasoning_tokens: 4 },
  };
  const known = {
    model: "gpt-4.1",
    provider: "openai",
    response_id: "chatcmpl-1",
    stop_reason: "stop",
  };
  const counted = {
    input_tokens: 20,
    output_tokens: 8,
    cache_read_tokens: 16,
    reasoning_tokens: 4,
    usage,
  };
  const head = { id: "chatcmpl-1", created: 1, model: "gpt-4.1" };
  const chunk = (delta: object, finish_reason: string | null = null) => ({
    ...head,
    object: "chat.completion.chunk",
    choices: [{ index: 0, delta, finish_reason }],
    usage: null,
  });
  const chunks = [
    chunk({ role: "assistant", content: "" }),
    chunk({ content: "hé" }),
    chunk({}, "stop"),
  ];
  const ask = { model: "gpt-4.1", messages: [question] };

  it("a completion is recorded", async () => {
    const { tap, calls } = tapped();
    const choice = {
      index: 0,
      message: { role: "assistant", content: "hé" },
      finish_reason: "stop",
    };
    const body = { ...head, object: "chat.completion", choices: [choice], usage };
    const baseURL = await serveBody(JSON.stringify(body), JSON_TYPE);
    const client = new OpenAI({ apiKey: KEY, baseURL, fetch: tap.fetch });
    const answer = await client.chat.completions.create(ask);
    expect(answer.choices[0]?.message.content).toBe("hé");
    expect(calls()).toMatchObject([{ ...known, ...counted, attempt: 1 }]);
  });

  it.for([true, false])("a stream is recorded; usage asked for: %s", async (isAsked) => {
    const { tap, calls } = tapped();
    const last = { ...head, object: "chat.completion.chunk", choices: [], usage };
    const body = sse(isAsked ? [...chunks, last] : chunks, "data: [DONE]\n\n");
    const baseURL = await serveBody(body, STREAM_TYPE);
    const client = new OpenAI({ apiKey: KEY, baseURL, fetch: tap.fetch });
    const stream = await client.chat.completions.create({
      ...ask,
      stream: true,
      stream_options: { include_usage: isAsked },
    });
    let text = "";
    for await (const part of stream) text += part.choices[0]?.delta.content ?? "";
    expect(text).toBe("hé");
    const nothing = { input_tokens: null, output_tokens: null };
    expect(calls()).toMatchObject([{ ...known, ...(isAsked ? counted : nothing) }]);
    expect(calls()[0]?.error ?? null).toBe(null);
    expect(calls()[0]?.time_to_first_token_ms).toBeGreaterThan(0);
  });

  it.for([true, false])("a response is recorded; streamed: %s", async (isStream) => {
    const { tap, calls } = tapped();
    const response = {
      id: "resp_1",
      object: "response",
      created_at: 1,
      status: "incomplete",
      incomplete_details: { reason: "max_output_tokens" },
      error: null,
      model: "gpt-4.1",
      output: [],
      usage: {
        input_tokens: 20,
        input_tokens_details: { cached_tokens: 16 },
        output_tokens: 8,
        output_tokens_details: { reasoning_tokens: 4 },
        total_tokens: 28,
      },
    };
    const begun = { ...response, status: "in_progress", usage: null, incomplete_details: null };
    const events = namedSse([
      { type: "response.created", response: begun } as { type: string },
      {
        type: "response.output_text.delta",
        item_id: "m",
        output_index: 0,
        content_index: 0,
        delta: "hé",
      } as never,
      { type: "response.incomplete", response } as never,
    ]);
    const baseURL = isStream
      ? await serveBody(events, STREAM_TYPE)
      : await serveBody(JSON.stringify(response), JSON_TYPE);
    const client = new OpenAI({ apiKey: KEY, baseURL, fetch: tap.fetch });
    const answer = await client.responses.create({
      model: "gpt-4.1",
      input: "hé?",
      stream: isStream,
    });
    if (Symbol.asyncIterator in answer) for await (const event of answer) void event;
    expect(calls()).toMatchObject([
      {
        model: "gpt-4.1",
        response_id: "resp_1",
        stop_reason: "max_output_tokens",
        input_tokens: 20,
        output_tokens: 8,
        cache_read_tokens: 16,
        reasoning_tokens: 4,
      },
    ]);
  });
});

describe("@google/genai, which calls the global fetch", () => {
  const usageMetadata = {
    promptTokenCount: 12,
    candidatesTokenCount: 5,
    thoughtsTokenCount: 7,
    cachedContentTokenCount: 4,
    totalTokenCount: 24,
  };
  const answer = (text: string, more: object = {}) => ({
    candidates: [{ content: { parts: [{ text }], role: "model" }, ...more }],
    modelVersion: "gemini-2.5-flash",
    responseId: "r1",
    usageMetadata,
  });
  const expected = {
    model: "gemini-2.5-flash",
    provider: "gcp.gemini",
    input_tokens: 12,
    output_tokens: 12,
    cache_read_tokens: 4,
    reasoning_tokens: 7,
    stop_reason: "STOP",
    response_id: "r1",
  };
  const ask = { model: "gemini-2.5-flash", contents: "hé?" };

  it.for([true, false])("content is recorded; streamed: %s", async (isStream) => {
    const { tap, calls, wires } = tapped();
    onTestFinished(tap.intercept());
    const whole = answer("hé", { finishReason: "STOP" });
    const baseUrl = isStream
      ? await serveBody(sse([answer("h"), whole]), STREAM_TYPE)
      : await serveBody(JSON.stringify(whole), JSON_TYPE);
    const client = new GoogleGenAI({ apiKey: KEY, httpOptions: { baseUrl } });
    if (isStream) {
      for await (const part of await client.models.generateContentStream(ask)) void part;
    } else {
      expect((await client.models.generateContent(ask)).text).toBe("hé");
    }
    expect(calls()).toMatchObject([expected]);
    expect(JSON.stringify(await wires())).not.toContain(KEY);
  });

  it("a stream without events, as a list, is recorded", async () => {
    const { tap, calls } = tapped();
    const list = JSON.stringify([answer("h"), answer("é", { finishReason: "STOP" })]);
    const url = await serveBody(list, JSON_TYPE);
    const path = "/v1beta/models/gemini-2.5-flash:streamGenerateContent";
    await (await tap.fetch(url + path, { method: "POST", body: "{}" })).json();
    expect(calls()).toMatchObject([expected]);
  });
});

describe("@aws-sdk/client-bedrock-runtime, over fetch", () => {
  const codec = new EventStreamCodec(
    (bytes) => Buffer.from(bytes).toString("utf8"),
    (text) => Buffer.from(text, "utf8"),
  );
  const event = (type: string, payload: object, kind = "event") =>
    codec.encode({
      headers: {
        [`:${kind}-type`]: { type: "string", value: type },
        ":content-type": { type: "string", value: "application/json" },
        ":message-type": { type: "string", value: kind },
      },
      body: Buffer.from(JSON.stringify(payload)),
    });
  const EVENTS = "application/vnd.amazon.eventstream";
  const client = (endpoint: string) =>
    new BedrockRuntimeClient({
      endpoint,
      region: "us-east-1",
      credentials: {
        accessKeyId: "AKIAQ7RZ2LMX9VTB4KDW",
        secretAccessKey: "q7Rz2LmX9vTb4KdWq7Rz2LmX9vTb4KdW",
      },
      requestHandler: new FetchHttpHandler(),
      maxAttempts: 1,
    });
  const modelId = "anthropic.claude-sonnet-4-v1:0";
  const messages = [{ role: "user" as const, content: [{ text: "hé?" }] }];
  const usage = {
    inputTokens: 12,
    outputTokens: 30,
    totalTokens: 150,
    cacheReadInputTokens: 100,
    cacheWriteInputTokens: 8,
  };
  const expected = {
    model: modelId,
    provider: "aws.bedrock",
    input_tokens: 120,
    output_tokens: 30,
    cache_read_tokens: 100,
    cache_write_tokens: 8,
    stop_reason: "end_turn",
    attempt: 1,
  };

  it("Converse is recorded, without its signature", async () => {
    const { tap, calls, wires } = tapped();
    onTestFinished(tap.intercept());
    const output = { message: { role: "assistant", content: [{ text: "hé" }] } };
    const body = { output, stopReason: "end_turn", usage, metrics: { latencyMs: 1 } };
    const endpoint = await serveBody(JSON.stringify(body), JSON_TYPE);
    const answer = await client(endpoint).send(new ConverseCommand({ modelId, messages }));
    expect(answer.output?.message?.content?.[0]?.text).toBe("hé");
    expect(calls()).toMatchObject([expected]);
    const wire = JSON.stringify(await wires());
    expect(wire).toContain("hé?");
    expect(wire).not.toMatch(/AKIAQ7|Signature=/);
  });

  it("ConverseStream is recorded", async () => {
    const { tap, calls } = tapped();
    onTestFinished(tap.intercept());
    const bytes = Buffer.concat([
      event("messageStart", { role: "assistant" }),
      event("contentBlockDelta", { contentBlockIndex: 0, delta: { text: "hé" } }),
      event("messageStop", { stopReason: "end_turn" }),
      event("metadata", { usage, metrics: { latencyMs: 1 } }),
    ]);
    const endpoint = await serveBody(bytes, EVENTS);
    const answer = await client(endpoint).send(new ConverseStreamCommand({ modelId, messages }));
    const types: string[] = [];
    for await (const part of answer.stream ?? []) types.push(...Object.keys(part));
    expect(types).toEqual(["messageStart", "contentBlockDelta", "messageStop", "metadata"]);
    expect(calls()).toMatchObject([expected]);
  });

  it("an exception within a stream is the call's error", async () => {
    const { tap, calls } = tapped();
    onTestFinished(tap.intercept());
    const bytes = Buffer.concat([
      event("messageStart", { role: "assistant" }),
      event("throttlingException", { message: "slow down" }, "exception"),
    ]);
    const endpoint = await serveBody(bytes, EVENTS);
    const read = async () => {
      const answer = await client(endpoint).send(new ConverseStreamCommand({ modelId, messages }));
      for await (const part of answer.stream ?? []) void part;
    };
    await expect(read()).rejects.toThrow("slow down");
    // The SDK reads no further, and does not say so.
    expect(calls()).toMatchObject([{ error: "throttlingException: slow down" }]);
    expect(tap.stats().open).toBe(1);
  });

  it("InvokeModel and its stream are recorded, of Anthropic's models and others", async () => {
    const { tap, calls } = tapped();
    onTestFinished(tap.intercept());
    const chunk = (data: object) =>
      event("chunk", { bytes: Buffer.from(JSON.stringify(data)).toString("base64") });
    const tokens = { input_tokens: 12, cache_read_input_tokens: 100, output_tokens: 1 };
    const streams: Record<string, Uint8Array> = {
      "anthropic.claude-a": Buffer.concat([
        chunk({
          type: "message_start",
          message: { id: "msg_1", model: "claude-a", usage: tokens },
        }),
        chunk({ type: "content_block_delta", delta: { text: "h" } }),
        chunk({
          type: "message_delta",
          delta: { stop_reason: "end_turn" },
          usage: { output_tokens: 30 },
        }),
        chunk({
          type: "message_stop",
          "amazon-bedrock-invocationMetrics": { inputTokenCount: 12 },
        }),
      ]),
      "amazon.nova-a": Buffer.concat([
        chunk({ contentBlockDelta: { delta: { text: "h" } } }),
        chunk({ messageStop: { stopReason: "end_turn" } }),
        chunk({ metadata: { usage: { inputTokens: 12, outputTokens: 30 } } }),
      ]),
    };
    const endpoint = await serve((request, response) => {
      const [, , model = "", action] = (request.url ?? "").split("/");
      const headers = {
        "x-amzn-bedrock-input-token-count": 12,
        "x-amzn-bedrock-output-token-count": 30,
      };
      if (action === "invoke") {
        response.writeHead(200, { "content-type": JSON_TYPE, ...headers });
        return response.end('{"generations":[{"text":"h","finish_reason":"COMPLETE"}]}');
      }
      response.writeHead(200, { "content-type": EVENTS });
      return response.end(streams[decodeURIComponent(model)]);
    });
    const body = "{}";
    for (const model of Object.keys(streams)) {
      const command = new InvokeModelWithResponseStreamCommand({ modelId: model, body });
      const answer = await client(endpoint).send(command);
      for await (const part of answer.body ?? []) expect(part.chunk?.bytes).toBeDefined();
    }
    await client(endpoint).send(new InvokeModelCommand({ modelId: "cohere.command-a", body }));
    const [claude, nova, cohere] = calls();
    expect(claude).toMatchObject({ model: "claude-a", input_tokens: 112, output_tokens: 30 });
    expect(nova).toMatchObject({ input_tokens: 12, output_tokens: 30, stop_reason: "end_turn" });
    expect(cohere).toMatchObject({ input_tokens: 12, output_tokens: 30, stop_reason: "COMPLETE" });
  });
});
