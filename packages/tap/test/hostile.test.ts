import { gzipSync } from "node:zlib";
import { type LlmCallRecord, memorySink, StepLog } from "@step-log/core";
import { describe, expect, it } from "vitest";
import { bodyBytes } from "../src/calls/body-bytes.ts";
import { createTap } from "../src/create-tap.ts";
import { serve } from "./serve.ts";
import { through } from "./through.ts";

const URLS = ["/v1/messages", "/v1/chat/completions", "/v1/responses", "/model/a/invoke"];
const TYPES = ["text/event-stream", "application/json", "application/vnd.amazon.eventstream"];
const utf8 = (text: string) => new TextEncoder().encode(text);

const BODIES: Readonly<Record<string, Uint8Array>> = {
  "bytes that are no UTF-8": new Uint8Array([0xff, 0xfe, 0x80, 0xc3, 0x28, 0, 10, 10]),
  "half a JSON": utf8('{"id":"a","usage":{"input_tokens":'),
  "JSON that is no object": utf8("[[[1]],null,7]"),
  "JSON of wrong types": utf8(
    '{"type":"message","id":7,"model":{},"usage":{"input_tokens":"a","output_tokens":-1},"choices":7,"object":"response","status":[],"error":[[]]}',
  ),
  "events of wrong types": utf8(
    'data: null\n\ndata: 7\n\ndata: {"type":"message_start","message":7}\n\ndata: {"type":"message_delta","usage":[],"delta":null}\n\ndata: {"choices":[null],"usage":{"prompt_tokens":1e99}}\n\ndata: [DONE]\n\n',
  ),
  "a line without an end": utf8(`data: ${"a".repeat(300_000)}`),
  "returns alone": utf8("data: a\r\r\r".repeat(30_000)),
  "a message of an absurd length": new Uint8Array([
    0xff,
    0xff,
    0xff,
    0xff,
    ...new Array(60).fill(9),
  ]),
  "a message shorter than its head": new Uint8Array(64),
  "headers longer than their message": new Uint8Array([
    0,
    0,
    0,
    20,
    0,
    0,
    9,
    9,
    ...new Array(24).fill(1),
  ]),
  "a prototype": utf8('{"__proto__":{"usage":{"input_tokens":1}},"constructor":1}'),
  nothing: new Uint8Array(0),
};

describe.each(Object.entries(BODIES))("%s", (_, bytes) => {
  it.for(URLS.flatMap((url) => TYPES.map((type) => ({ url, type }))))(
    "$url as $type passes, and leaves what is not known unknown",
    async ({ url, type }) => {
      if (bytes.length === 0) return;
      const result = await through(`http://h${url}`, bytes, { type, size: 997 });
      expect(Buffer.compare(result.got, bytes)).toBe(0);
      const kept = bodyBytes(result.wire?.response?.body ?? null);
      expect(Buffer.compare(kept, bytes)).toBe(0);
      expect(result.stats.dropped).toBe(0);
      expect(result.call).toMatchObject({ output_tokens: null });
    },
  );
});

describe("what is big", () => {
  it("a gzip bomb is unpacked no faster than its consumer asks, and copied up to the bound", async () => {
    const bomb = gzipSync(Buffer.alloc(200 * 2 ** 20, "a"));
    const url = await serve((_, response) => {
      response.writeHead(200, { "content-encoding": "gzip", "content-type": "application/json" });
      response.end(bomb);
    });
    const sink = memorySink();
    const tap = createTap({ sink, maxBodyBytes: 1000 });
    tap.recordInto(new StepLog({ sink, run: false }));
    const response = await tap.fetch(`${url}/v1/messages`, { method: "POST", body: "{}" });
    const before = process.memoryUsage().rss;
    let bytes = 0;
    for await (const chunk of response.body ?? []) bytes += (chunk as Uint8Array).length;
    expect(bytes).toBe(200 * 2 ** 20);
    expect(process.memoryUsage().rss - before).toBeLessThan(150 * 2 ** 20);
    await tap.flush();
    expect(tap.last?.response?.body?.bytes).toBe(bytes);
    const call = sink.records().find((it): it is LlmCallRecord => it.type === "llm_call");
    expect(call).toMatchObject({ input_tokens: null, output_tokens: null });
  });

  it("copies of many calls that are under way share a bound", async () => {
    const chunk = new Uint8Array(1_048_576).fill(97);
    const tap = createTap({
      async fetch() {
        let isSent = false;
        const stream = new ReadableStream({
          pull(controller) {
            if (isSent) return new Promise(() => {});
            isSent = true;
            return controller.enqueue(chunk.slice());
          },
        });
        return new Response(stream);
      },
    });
    const readers = [];
    for (let i = 0; i < 80; i++) {
      const reader = (await tap.fetch("http://h/")).body?.getReader();
      await reader?.read();
      readers.push(reader);
    }
    for (const reader of readers) await reader?.cancel();
    const kept = tap.all().map(({ response }) => bodyBytes(response?.body ?? null).length);
    expect(kept.filter((bytes) => bytes > 1_000_000)).toHaveLength(31); // 32 MiB are kept afterwards
    expect(tap.stats().calls).toBe(80);
  });

  it("a JSON of 5 MiB is read whole, and recorded up to the bound", async () => {
    const image = "a".repeat(5 * 2 ** 20);
    const usage = { input_tokens: 3, output_tokens: 4 };
    const body = JSON.stringify({ type: "message", id: "m", model: "claude-a", image, usage });
    const result = await through("http://h/v1/messages", utf8(body), {
      type: "application/json",
      size: 65_536,
    });
    expect(result.call).toMatchObject({ input_tokens: 3, output_tokens: 4 });
    expect(result.wire?.response?.body?.bytes).toBe(body.length);
    expect(result.wire?.response?.body?.data.length).toBeLessThan(1_100_000);
  });
});
