import {
  type ObjectInfo,
  type ObjectStore,
  ObjectStoreError,
  type PutOptions,
} from "@step-log/s3-sink";
import { AwsClient } from "aws4fetch";

/** What `fetchStore` takes. */
export interface FetchStoreOptions {
  /** The bucket's own URL: `https://my-bucket.s3.eu-west-1.amazonaws.com`, `http://127.0.0.1:9000/my-bucket`. */
  readonly bucketUrl: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  /** Default: as the URL of AWS tells, else `us-east-1`. */
  readonly region?: string;
}

const META = "x-amz-meta-";

/**
 * A bucket through `fetch`, signed by aws4fetch: 6 kB instead of the AWS SDK, for workers at the edge and
 * functions that start cold. Each call is tried once, since trying again is the sink's.
 */
export function fetchStore({ bucketUrl, ...keys }: FetchStoreOptions): ObjectStore {
  const client = new AwsClient({ service: "s3", retries: 0, ...keys });
  const base = bucketUrl.replace(/\/$/, "");

  const request = async (path: string, init: RequestInit): Promise<Response> => {
    const response = await client.fetch(base + path, init);
    if (!response.ok) throw await toError(response);
    return response;
  };

  return {
    async put(key, body, options) {
      const headers = putHeaders(options);
      await request(pathOf(key), { method: "PUT", body, headers, signal: options.signal });
    },

    async head(key, { signal }) {
      try {
        const { headers } = await request(pathOf(key), { method: "HEAD", signal });
        const size = Number(headers.get("content-length"));
        return { key, size, metadata: metadataOf(headers) };
      } catch (error) {
        if (error instanceof ObjectStoreError && error.status === 404) return undefined;
        throw error;
      }
    },

    async get(key, { signal, range }) {
      const headers = range && { range: `bytes=${range.start}-${range.end ?? ""}` };
      const response = await request(pathOf(key), { signal, ...(headers && { headers }) });
      return { body: piecesOf(response), metadata: metadataOf(response.headers) };
    },

    async *list(prefix, { signal, startAfter, limit = 1_000 }) {
      let token: string | undefined;
      do {
        const query = new URLSearchParams({
          "list-type": "2",
          prefix,
          "max-keys": String(Math.min(limit, 1_000)),
          ...(startAfter !== undefined && { "start-after": startAfter }),
          ...(token !== undefined && { "continuation-token": token }),
        });
        const page = await (await request(`/?${query}`, { signal })).text();
        for (const [, object = ""] of page.matchAll(/<Contents>(.*?)<\/Contents>/gs)) {
          yield infoOf(object);
        }
        token = textOf(page, "NextContinuationToken");
      } while (token !== undefined);
    },

    async delete(key, { signal }) {
      await request(pathOf(key), { method: "DELETE", signal });
    },
  };
}

function pathOf(key: string): string {
  return `/${key.split("/").map(encodeURIComponent).join("/")}`;
}

function putHeaders({ contentType, contentMd5, ifNoneMatch, metadata, tags }: PutOptions) {
  const named = Object.entries(metadata).map(([name, value]) => [META + name, value] as const);
  return {
    "content-type": contentType,
    ...Object.fromEntries(named),
    ...(contentMd5 !== undefined && { "content-md5": contentMd5 }),
    ...(ifNoneMatch === true && { "if-none-match": "*" }),
    ...(tags !== undefined && { "x-amz-tagging": new URLSearchParams({ ...tags }).toString() }),
  };
}

function metadataOf(headers: Headers): Record<string, string> {
  const own = [...headers].filter(([name]) => name.startsWith(META));
  return Object.fromEntries(own.map(([name, value]) => [name.slice(META.length), value]));
}

async function* piecesOf(response: Response): AsyncGenerator<Uint8Array> {
  // An empty body is none.
  if (response.body !== null) yield* response.body as unknown as AsyncIterable<Uint8Array>;
}

function infoOf(object: string): ObjectInfo {
  const modified = textOf(object, "LastModified");
  return {
    key: textOf(object, "Key") ?? "",
    size: Number(textOf(object, "Size")),
    ...(modified !== undefined && { lastModified: new Date(modified) }),
  };
}

/** What the sink needs to know to decide whether to try again. */
async function toError(response: Response): Promise<ObjectStoreError> {
  const { status, headers } = response;
  const body = await response.text().catch(() => "");
  const code = textOf(body, "Code");
  const seconds = Number(headers.get("retry-after") ?? Number.NaN);
  return new ObjectStoreError(textOf(body, "Message") ?? `status ${status}`, {
    status,
    ...(code !== undefined && { code }),
    ...(seconds >= 0 && { retryAfterMs: seconds * 1_000 }),
  });
}

const ENTITIES: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
};

/** The text of an element of the XML that S3 answers with, which has no attributes where it matters. */
function textOf(xml: string, name: string): string | undefined {
  const text = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
  return text?.replace(/&(\w+);/g, (entity, known: string) => ENTITIES[known] ?? entity);
}
