import { once } from "node:events";
import {
  createServer,
  request as forward,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { REFUSALS, refusalXml, type S3Refusal } from "./s3-refusal.ts";

/**
 * What happens to a request:
 *
 * - `"slowdown"`, `"error"`: answered with 503 or 500, the store never sees it.
 * - `"reset-before"`, `"hang"`: the connection is reset, or nothing is answered; the store never sees it.
 * - `"reset-mid-body"`: the store gets half of the body, then both connections are reset.
 * - `"error-after-store"`, `"reset-after-store"`, `"hang-after-store"`: the same after the store has done it.
 * - `"cut-response"`: the answer breaks off in the middle of its body.
 */
export type Fault =
  | "slowdown"
  | "error"
  | "error-after-store"
  | "reset-before"
  | "reset-mid-body"
  | "reset-after-store"
  | "hang"
  | "hang-after-store"
  | "cut-response";

/** All faults that a PUT can meet. */
export const PUT_FAULTS: readonly Fault[] = [
  "slowdown",
  "error",
  "error-after-store",
  "reset-before",
  "reset-mid-body",
  "reset-after-store",
  "hang",
  "hang-after-store",
];

/** A request on its way. */
export interface ProxiedRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  /** Which of its method it is, from 1. */
  readonly index: number;
  /** Which of its method and path it is, from 1: the number of the try. */
  readonly attempt: number;
}

/** Says which fault a request meets, if any. */
export type FaultPlan = (request: ProxiedRequest) => Fault | undefined;

/** A proxy before a server. */
export interface FaultProxy {
  readonly url: string;
  /** What happens from now on. */
  plan: FaultPlan | undefined;
  /** How many requests came, by method. */
  readonly requests: Map<string, number>;
  /** How many met a fault. */
  readonly faults: Map<Fault, number>;
  close(): Promise<void>;
}

/**
 * Starts a proxy on loopback that passes requests on as they are, `Host` and all, so that signatures
 * stay valid, and has some of them meet a fault.
 *
 * @param upstream `http://127.0.0.1:7480`
 */
export async function faultProxy(upstream: string, plan?: FaultPlan): Promise<FaultProxy> {
  const target = new URL(upstream);
  const attempts = new Map<string, number>();
  const server = createServer((message, response) => {
    void pass(message, response).catch(() => reset(response));
  });
  server.keepAliveTimeout = 60_000;
  const proxy: FaultProxy = {
    url: "",
    plan,
    requests: new Map(),
    faults: new Map(),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };

  async function pass(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "", url: path = "/" } = message;
    const index = count(proxy.requests, method);
    const attempt = count(attempts, `${method} ${path}`);
    const fault = proxy.plan?.({ method, path, index, attempt });
    if (fault !== undefined) count(proxy.faults, fault);
    if (fault === "reset-before") return reset(response);
    const body = await bytesOf(message);
    switch (fault) {
      case "slowdown":
        return refuse(response, REFUSALS.slowDown);
      case "error":
        return refuse(response, REFUSALS.internalError);
      case "hang":
        return;
      case "reset-mid-body":
        await sendHalf(target, message, body);
        return reset(response);
      default:
    }
    const answer = await send(target, message, body);
    switch (fault) {
      case "error-after-store":
        return refuse(response, REFUSALS.internalError);
      case "reset-after-store":
        return reset(response);
      case "hang-after-store":
        return;
      default:
    }
    response.writeHead(answer.status, answer.headers);
    if (fault !== "cut-response") response.end(answer.body);
    else {
      response.write(answer.body.subarray(0, answer.body.length >> 1), () => reset(response));
    }
  }

  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return Object.assign(proxy, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  });
}

interface Answer {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
  readonly body: Buffer;
}

async function send(target: URL, message: IncomingMessage, body: Buffer): Promise<Answer> {
  const request = begin(target, message);
  request.end(body);
  const [answer] = (await once(request, "response")) as [IncomingMessage];
  const { statusCode: status = 502, headers } = answer;
  return { status, headers, body: await bytesOf(answer) };
}

/** Has the store see the beginning of a body, and no more. */
async function sendHalf(target: URL, message: IncomingMessage, body: Buffer): Promise<void> {
  const request = begin(target, message);
  request.on("error", () => {});
  const half = body.subarray(0, body.length >> 1);
  await new Promise((resolve) => request.write(half, resolve));
  request.destroy();
}

function begin(target: URL, { method, url, headers }: IncomingMessage) {
  const { hostname, port } = target;
  return forward({ hostname, port, method, path: url, headers, agent: false });
}

async function bytesOf(message: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of message) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}

function refuse(response: ServerResponse, refusal: S3Refusal): void {
  response.writeHead(refusal.status, { "content-type": "application/xml" });
  response.end(refusalXml(refusal));
}

function reset(response: ServerResponse): void {
  response.socket?.resetAndDestroy();
}

function count<K>(counts: Map<K, number>, key: K): number {
  const next = (counts.get(key) ?? 0) + 1;
  counts.set(key, next);
  return next;
}
