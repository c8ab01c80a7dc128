import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";

/** How an endpoint answers. */
type Answer =
  | "ok"
  | "500"
  | "400"
  | "redirect"
  | "reset"
  /** Never answers. */
  | "hang"
  /** Stores the batch, and breaks the connection instead of saying so. */
  | "store and reset";

/** A request that reached the server. */
interface Post {
  readonly key: string;
  readonly body: string;
  readonly headers: IncomingHttpHeaders;
}

/** One endpoint of the server. */
interface Endpoint {
  answer: Answer;
  /** Lines in the order in which they were stored. */
  readonly lines: string[];
  readonly posts: Post[];
}

/** A real HTTP server on the loopback interface that stores JSONL, once for each idempotency key. */
export interface LogServer {
  url(id: string): string;
  endpoint(id: string): Endpoint;
  close(): Promise<void>;
}

export async function logServer(): Promise<LogServer> {
  const endpoints = new Map<string, Endpoint & { readonly keys: Set<string> }>();
  const endpoint = (id: string) => {
    const known = endpoints.get(id);
    if (known !== undefined) return known;
    const made = { answer: "ok" as Answer, lines: [], posts: [], keys: new Set<string>() };
    endpoints.set(id, made);
    return made;
  };

  const server = createServer(async (request, response) => {
    const target = endpoint(decodeURIComponent(request.url?.slice(1) ?? ""));
    const { answer } = target;
    if (answer === "reset") return request.socket.resetAndDestroy();
    const key = String(request.headers["idempotency-key"]);
    const body = await textOf(request).catch(() => undefined);
    if (body === undefined) return; // the client has left
    target.posts.push({ key, body, headers: request.headers });
    if (answer === "hang") return;
    if (answer === "ok" || answer === "store and reset") {
      if (!target.keys.has(key)) for (const line of linesOf(body)) target.lines.push(line);
      target.keys.add(key);
    }
    if (answer === "store and reset") return request.socket.resetAndDestroy();
    send(response, answer);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;

  return {
    url: (id) => `http://127.0.0.1:${port}/${encodeURIComponent(id)}`,
    endpoint,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function send(response: ServerResponse, answer: Answer): void {
  if (answer === "redirect") response.writeHead(302, { location: "/elsewhere" });
  else response.writeHead(answer === "ok" ? 204 : Number(answer));
  response.end();
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

function linesOf(body: string): string[] {
  return body.match(/[^\n]*\n/g) ?? [];
}
