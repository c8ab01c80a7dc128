import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

/** Answers requests on loopback, each with its body, until the test is over; gives the address. */
export async function serve(
  answer: (request: IncomingMessage, response: ServerResponse, body: Buffer) => unknown,
): Promise<string> {
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    try {
      for await (const part of request) parts.push(part);
      await answer(request, response, Buffer.concat(parts));
    } catch {
      response.destroy(); // the client has gone
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Answers each request with the same body. */
export function serveBody(body: string | Uint8Array, type: string, status = 200): Promise<string> {
  return serve((_, response) => {
    response.writeHead(status, { "content-type": type });
    response.end(body);
  });
}

/** Events as OpenAI's APIs send them. */
export function sse(events: readonly object[], end: string = ""): string {
  return `${events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join("")}${end}`;
}

/** Events as Anthropic sends them, with their names. */
export function namedSse(events: readonly { readonly type: string }[]): string {
  return events.map((event) => `event: ${event.type}\n${sse([event])}`).join("");
}

/** What `chunked` answers with beside the bytes. */
export interface Chunked {
  /** Of a chunk, in bytes. */
  readonly size: number;
  readonly type: string;
  readonly status?: number;
  readonly headers?: [string, string][];
}

/** A `fetch` that answers with these bytes, in chunks. */
export function chunked(bytes: Uint8Array, answer: Chunked): typeof fetch {
  const { size, type, status = 200, headers = [] } = answer;
  return async () => {
    let at = 0;
    const body = new ReadableStream({
      type: "bytes" as const,
      pull(controller: ReadableByteStreamController) {
        controller.enqueue(new Uint8Array(bytes.subarray(at, at + size)));
        at += size;
        if (at >= bytes.length) controller.close();
      },
    });
    return new Response(body, { status, headers: [...headers, ["content-type", type]] });
  };
}
