import type { ObjectStore } from "../object-store.ts";
import { parseS3Url, type S3Place } from "../s3-url.ts";
import { clientStore } from "./client-store.ts";
import type { S3ObjectOptions, S3StoreOptions } from "./store-options.ts";

/** A place in a bucket, and how to get at it. */
export interface OpenStore extends S3Place {
  readonly store: ObjectStore;
  /** Tells buckets of the same name apart: the host of the endpoint, or `aws`. */
  readonly service: string;
  /** Longest that one request may take, in milliseconds. */
  readonly requestTimeoutMs: number;
  /** Whether the store can be told to overwrite nothing, as far as is known. */
  readonly conditional: boolean;
  /** Whether bodies should have `Content-MD5`, because nobody else adds a checksum. */
  readonly wantsMd5: boolean;
}

const STORE_METHODS = ["put", "head", "get", "list", "delete"] as const;
const CHOICES: Readonly<Partial<Record<keyof S3StoreOptions & string, readonly string[]>>> = {
  checksums: ["when_supported", "when_required"],
  conditional: ["if-none-match", "x-goog-if-generation-match", "none"],
};

/**
 * Opens the place of a log; nothing is loaded or connected yet.
 *
 * @param factory The function whose options these are, for messages.
 * @throws TypeError for options that cannot be meant.
 */
export function openStore(
  url: string | URL,
  options: S3StoreOptions & S3ObjectOptions,
  factory: string,
): OpenStore {
  const problem = findProblem(options);
  if (problem !== undefined) throw new TypeError(`${factory}: ${problem}`);
  const place = placeOf(url, factory);
  const { requestTimeoutMs = 30_000 } = options;
  const endpoint = options.endpoint ?? endpointOfEnvironment(options);
  const host = endpoint === undefined ? undefined : new URL(endpoint).host;
  const conditional =
    options.conditional ??
    (host?.endsWith("storage.googleapis.com") ? "x-goog-if-generation-match" : "if-none-match");
  const checksums = options.checksums ?? (host === undefined ? undefined : "when_required");
  const settled = {
    ...options,
    conditional,
    ...(endpoint && { endpoint }),
    ...(checksums && { checksums }),
  };
  const ownClientOnAws = !options.store && !options.client && checksums !== "when_required";
  return {
    ...place,
    store: options.store ?? clientStore(place.bucket, settled),
    service: host ?? "aws",
    requestTimeoutMs,
    conditional: conditional !== "none",
    wantsMd5: !ownClientOnAws,
  };
}

/** What the SDK itself would take; but a service other than AWS is spoken to otherwise. */
function endpointOfEnvironment({ client, store }: S3StoreOptions): string | undefined {
  const { AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL } = process.env;
  const endpoint = AWS_ENDPOINT_URL_S3 || AWS_ENDPOINT_URL;
  const isHttp = /^https?:$/.test(attemptUrl(endpoint ?? "")?.protocol ?? "");
  return client === undefined && store === undefined && isHttp ? endpoint : undefined;
}

function placeOf(url: string | URL, factory: string): S3Place {
  try {
    return parseS3Url(url);
  } catch (error) {
    throw new TypeError(`${factory}: ${error instanceof Error ? error.message : error}`);
  }
}

function findProblem(options: S3StoreOptions): string | undefined {
  const { client, store, endpoint, requestTimeoutMs = 1 } = options;
  if (client !== undefined && store !== undefined) return "give either client or store, not both";
  if (client !== undefined && typeof client?.send !== "function") {
    return "client must be an S3Client of the AWS SDK, with a send function";
  }
  const missing = STORE_METHODS.filter((name) => store && typeof store[name] !== "function");
  if (missing.length > 0) return `store must be an ObjectStore; it lacks ${missing.join(", ")}`;
  if (endpoint !== undefined && !/^https?:$/.test(attemptUrl(endpoint)?.protocol ?? "")) {
    return `endpoint must be an http or https URL, got ${endpoint}`;
  }
  if (!(requestTimeoutMs > 0)) return `requestTimeoutMs must be above 0, got ${requestTimeoutMs}`;
  for (const [name, choices] of Object.entries(CHOICES)) {
    const value = options[name as keyof S3StoreOptions];
    if (value === undefined || choices.includes(String(value))) continue;
    return `${name} must be one of ${choices.join(", ")}, got ${String(value)}`;
  }
  return undefined;
}

function attemptUrl(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}
