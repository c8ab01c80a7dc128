import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Bucket, type StoredObject } from "./bucket.ts";
import { byteRange } from "./byte-range.ts";
import { listObjects } from "./list-objects.ts";
import { putObject } from "./put-object.ts";
import { REFUSALS, refusalXml, type S3Refusal, S3RefusalError } from "./s3-refusal.ts";
import { type S3Request, s3Request } from "./s3-request.ts";
import type { S3Server } from "./s3-server.ts";

/** Options of `lightS3`. */
export interface LightS3Options {
  /** Default: one that is free. */
  readonly port?: number;
  /** Buckets that are there from the start. @defaultValue `["logs"]` */
  readonly buckets?: readonly string[];
  /** `false` answers a PUT with a condition by 501, as Swift does. @defaultValue true */
  readonly conditionalWrites?: boolean;
}

/** A request that came, and what was answered. */
export interface AnsweredRequest {
  readonly method: string;
  readonly key: string;
  readonly status: number;
}

/** S3 in memory, in this process. */
export interface LightS3 extends S3Server {
  /** All requests so far, in the order of their answers; set its length to 0 to begin anew. */
  readonly requests: AnsweredRequest[];
  /** Refuses what comes: return what to answer with, before anything is stored. */
  refuse: ((request: S3Request) => S3Refusal | undefined) | undefined;
  /** Its clock, in milliseconds; requests more than 15 minutes off are refused. */
  now: () => number;
  /** Tokens of sessions that have expired. */
  readonly expiredTokens: Set<string>;
  /** The keys in a bucket, in the order of their bytes. */
  keys(bucket?: string): readonly string[];
  /** An object, as it is stored. */
  object(key: string, bucket?: string): StoredObject | undefined;
  /** Puts an object in place, as if it had come by a request; without one, deletes it. */
  place(key: string, object: Partial<StoredObject> | undefined, bucket?: string): void;
  /** Makes a bucket. */
  createBucket(name: string): void;
}

// "the difference between the request time and the server's time is too large", as S3 says.
const MAX_SKEW_MS = 15 * 60_000;

/**
 * Starts a server for what a log does with a bucket: objects are put (whole, on condition that there
 * is none), headed, got (in part), listed in pages and deleted, path style. Checksums are checked,
 * signatures are not.
 */
export async function lightS3(options: LightS3Options = {}): Promise<LightS3> {
  const { port = 0, buckets: names = ["logs"], conditionalWrites = true } = options;
  const buckets = new Map(names.map((name) => [name, new Bucket()]));
  const server = createServer((request, response) => {
    void answer(request, response).catch(() => response.destroy());
  });
  // A client keeps its connections for longer than a test's pauses.
  server.keepAliveTimeout = 60_000;

  const light: LightS3 = {
    name: "light",
    url: "",
    accessKeyId: "testkey",
    secretAccessKey: "testsecret1234567890",
    requests: [],
    refuse: undefined,
    now: Date.now,
    expiredTokens: new Set(),
    keys: (bucket = "logs") => buckets.get(bucket)?.keys() ?? [],
    object: (key, bucket = "logs") => buckets.get(bucket)?.get(key),
    place(key, object, bucket = "logs") {
      const before = buckets.get(bucket)?.get(key);
      const fresh = { body: Buffer.alloc(0), headers: {}, etag: '""', lastModified: new Date() };
      if (object === undefined) buckets.get(bucket)?.delete(key);
      else buckets.get(bucket)?.put(key, { ...fresh, ...before, ...object });
    },
    createBucket: (name) => void (buckets.has(name) || buckets.set(name, new Bucket())),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };

  async function answer(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = s3Request(message);
    const sent: Buffer[] = [];
    for await (const piece of message) sent.push(piece as Buffer);
    response.setHeader("date", new Date(light.now()).toUTCString());
    try {
      const refusal = light.refuse?.(request) ?? refusalFor(request, light);
      if (refusal !== undefined) refuse(response, request, refusal);
      else handle(request, Buffer.concat(sent), response);
    } catch (error) {
      if (!(error instanceof S3RefusalError)) throw error;
      refuse(response, request, error.refusal);
    }
    const { method, key } = request;
    light.requests.push({ method, key, status: response.statusCode });
  }

  function handle(request: S3Request, sent: Buffer, response: ServerResponse): void {
    const { method, bucket: name, key, query } = request;
    if (key === "" && method === "PUT") {
      light.createBucket(name);
      response.end();
      return;
    }
    const bucket = buckets.get(name);
    if (bucket === undefined) throw new S3RefusalError(404, "NoSuchBucket");
    if (key === "") {
      if (method === "GET" && query.get("list-type") === "2") {
        response.setHeader("content-type", "application/xml").end(listObjects(name, bucket, query));
      } else if (method === "HEAD") response.end();
      else throw new S3RefusalError(501, "NotImplemented");
    } else if (method === "PUT") {
      const etag = putObject(bucket, request, sent, { conditionalWrites, now: light.now() });
      response.setHeader("etag", etag).end();
    } else if (method === "GET" || method === "HEAD") giveObject(bucket, request, response);
    else if (method === "DELETE") {
      bucket.delete(key);
      response.writeHead(204).end();
    } else throw new S3RefusalError(501, "NotImplemented");
  }

  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return Object.assign(light, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  });
}

/** What S3 refuses before it looks at the object. */
function refusalFor(
  { headers }: S3Request,
  { now, expiredTokens }: LightS3,
): S3Refusal | undefined {
  const stamp = String(headers["x-amz-date"] ?? "");
  const sentAt = Date.parse(
    stamp.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"),
  );
  if (Math.abs(now() - sentAt) > MAX_SKEW_MS) return REFUSALS.requestTimeTooSkewed;
  const token = headers["x-amz-security-token"];
  if (token !== undefined && expiredTokens.has(String(token))) return REFUSALS.expiredToken;
  return undefined;
}

function giveObject(bucket: Bucket, { method, key, headers }: S3Request, response: ServerResponse) {
  const object = bucket.get(key);
  if (object === undefined) throw new S3RefusalError(404, "NoSuchKey");
  const { body, etag, lastModified } = object;
  const range = method === "GET" ? byteRange(headers.range, body.length) : undefined;
  const bytes = range === undefined ? body : body.subarray(range.start, range.end);
  for (const [name, value] of Object.entries(object.headers)) {
    // Of the whole object, and only for who asks.
    const isSum = name.startsWith("x-amz-checksum-");
    const isAskedFor = headers["x-amz-checksum-mode"] !== undefined && range === undefined;
    if (!isSum || isAskedFor) response.setHeader(name, value);
  }
  if (range !== undefined) {
    response.statusCode = 206;
    const { start, end } = range;
    response.setHeader("content-range", `bytes ${start}-${end - 1}/${body.length}`);
  }
  response.setHeader("etag", etag);
  response.setHeader("last-modified", lastModified.toUTCString());
  response.setHeader("accept-ranges", "bytes");
  response.setHeader("content-length", bytes.length);
  response.end(method === "HEAD" ? undefined : bytes);
}

function refuse(response: ServerResponse, { method }: S3Request, refusal: S3Refusal): void {
  response.writeHead(refusal.status, { "content-type": "application/xml", ...refusal.headers });
  response.end(method === "HEAD" ? undefined : refusalXml(refusal));
}
