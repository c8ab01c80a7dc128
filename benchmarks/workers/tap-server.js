// @ts-check
// Answers what the tap is measured with, in a process of its own.
import { createServer } from "node:http";

const STREAM_BYTES = 10_485_760;
const CHUNK_BYTES = 65_536;
// A fast model's time to its first token is ten times this.
const THINKING_MS = 20;

const event = {
  id: "chatcmpl-1",
  object: "chat.completion.chunk",
  created: 1770933892,
  model: "gpt-4.1",
  choices: [{ index: 0, delta: { content: " token" }, logprobs: null, finish_reason: null }],
  usage: null,
};
const EVENT = `data: ${JSON.stringify(event)}\n\n`;
/** @type {Record<string, { type: string, bytes: Buffer, delayMs: number }>} */
const ANSWERS = {
  "/at-once": { type: "text/plain", bytes: Buffer.from("hello"), delayMs: 0 },
  "/thinking": { type: "text/plain", bytes: Buffer.from("hello"), delayMs: THINKING_MS },
  "/stream": { type: "text/plain", bytes: Buffer.alloc(STREAM_BYTES, "a"), delayMs: 0 },
  "/v1/chat/completions": {
    type: "text/event-stream",
    bytes: Buffer.from(EVENT.repeat(Math.ceil(STREAM_BYTES / EVENT.length))),
    delayMs: 0,
  },
};

const server = createServer((request, response) => {
  const { type, bytes, delayMs = 0 } = ANSWERS[request.url ?? ""] ?? {};
  request.resume();
  if (bytes === undefined || type === undefined) return response.writeHead(404).end();
  let at = 0;
  const write = () => {
    while (at < bytes.length) {
      const chunk = bytes.subarray(at, at + CHUNK_BYTES);
      at += CHUNK_BYTES;
      if (!response.write(chunk)) return response.once("drain", write);
    }
    return response.end();
  };
  response.setHeader("content-type", type);
  return delayMs > 0 ? setTimeout(write, delayMs) : write();
});
server.listen(0, "127.0.0.1", () => {
  process.send?.(/** @type {import("node:net").AddressInfo} */ (server.address()).port);
});
process.once("disconnect", () => process.exit());
