import type { PutObjectCommandInput, S3Client } from "@aws-sdk/client-s3";
import { isStepLogError } from "@step-log/core";
import type { ObjectInfo, ObjectStore } from "../object-store.ts";
import { ObjectStoreError } from "../object-store-error.ts";
import { loadSdk, type S3Sdk } from "./load-sdk.ts";
import type { S3ObjectOptions, S3StoreOptions } from "./store-options.ts";

// A page of ListObjectsV2 has at most so many keys.
const PAGE = 1_000;

// After these a new client is made, so that keys which were changed meanwhile are found.
const OF_CREDENTIALS = new Set([
  ...["AccessDenied", "ExpiredToken", "ExpiredTokenException", "InvalidAccessKeyId"],
  ...["InvalidToken", "SignatureDoesNotMatch", "TokenRefreshRequired"],
]);

/** A bucket through the AWS SDK, which is loaded with the first call. */
export function clientStore(
  bucket: string,
  options: S3StoreOptions & S3ObjectOptions,
): ObjectStore {
  const given = options.client as S3Client | undefined;
  let own: S3Client | undefined;

  /** Does one request; what it throws has status and code. */
  const request = async <T>(work: (client: S3Client, sdk: S3Sdk) => Promise<T>): Promise<T> => {
    try {
      const sdk = await loadSdk();
      const client = given ?? own ?? new sdk.S3Client(clientConfig(options));
      if (client !== given) own = client;
      return await work(client, sdk);
    } catch (cause) {
      if (isStepLogError(cause)) throw cause;
      const error = toStoreError(cause);
      if (OF_CREDENTIALS.has(error.code ?? "")) own = undefined;
      throw error;
    }
  };

  return {
    put(key, body, { signal, contentType, metadata, ifNoneMatch, contentMd5, tags }) {
      const google = options.conditional === "x-goog-if-generation-match";
      const input: PutObjectCommandInput = {
        Bucket: bucket,
        Key: key,
        Body: body,
        ContentLength: body.length,
        ContentType: contentType,
        Metadata: { ...metadata },
        ...(ifNoneMatch === true && !google && { IfNoneMatch: "*" }),
        ...(contentMd5 !== undefined && { ContentMD5: contentMd5 }),
        ...(tags !== undefined && { Tagging: new URLSearchParams({ ...tags }).toString() }),
        ...objectInput(options),
      };
      return request(async (client, { PutObjectCommand }) => {
        const command = new PutObjectCommand(input);
        if (ifNoneMatch === true && google) {
          command.middlewareStack.add(
            (next) => (args) => {
              const { headers } = args.request as { headers: Record<string, string> };
              headers["x-goog-if-generation-match"] = "0";
              return next(args);
            },
            { step: "build", name: "stepLogGenerationMatch" },
          );
        }
        await client.send(command, { abortSignal: signal });
      });
    },

    async head(key, { signal }) {
      try {
        return await request(async (client, { HeadObjectCommand }) => {
          const command = new HeadObjectCommand({ Bucket: bucket, Key: key });
          const found = await client.send(command, { abortSignal: signal });
          return info(key, found.ContentLength, found.LastModified, found.Metadata ?? {});
        });
      } catch (error) {
        if (error instanceof ObjectStoreError && error.status === 404) return undefined;
        throw error;
      }
    },

    get: (key, { signal, range }) =>
      request(async (client, { GetObjectCommand }) => {
        const bytes = range && { Range: `bytes=${range.start}-${range.end ?? ""}` };
        const command = new GetObjectCommand({ Bucket: bucket, Key: key, ...bytes });
        const { Body, Metadata = {} } = await client.send(command, { abortSignal: signal });
        return { body: Body as AsyncIterable<Uint8Array>, metadata: Metadata };
      }),

    async *list(prefix, { signal, startAfter, limit = PAGE }) {
      let token: string | undefined;
      do {
        const page = await request((client, { ListObjectsV2Command }) => {
          const command = new ListObjectsV2Command({
            Bucket: bucket,
            Prefix: prefix,
            MaxKeys: Math.min(limit, PAGE),
            ...(startAfter !== undefined && { StartAfter: startAfter }),
            ...(token !== undefined && { ContinuationToken: token }),
          });
          return client.send(command, { abortSignal: signal });
        });
        for (const { Key, Size, LastModified } of page.Contents ?? []) {
          if (Key !== undefined) yield info(Key, Size, LastModified);
        }
        token = page.IsTruncated === true ? page.NextContinuationToken : undefined;
      } while (token !== undefined);
    },

    delete: (key, { signal }) =>
      request(async (client, { DeleteObjectCommand }) => {
        const command = new DeleteObjectCommand({ Bucket: bucket, Key: key });
        await client.send(command, { abortSignal: signal });
      }),
  };
}

/** One try for each call, since when to try again is the sink's to say. */
function clientConfig(
  options: S3StoreOptions,
): ConstructorParameters<S3Sdk["S3Client"]>[0] & object {
  const { endpoint, checksums, credentials } = options;
  const found = process.env["AWS_REGION"] ?? process.env["AWS_DEFAULT_REGION"];
  const region = options.region ?? (endpoint === undefined ? undefined : (found ?? "us-east-1"));
  return {
    maxAttempts: 1,
    ...(region !== undefined && { region }),
    ...(endpoint !== undefined && { endpoint }),
    ...(credentials !== undefined && { credentials }),
    forcePathStyle: options.forcePathStyle ?? endpoint !== undefined,
    ...(checksums !== undefined && {
      requestChecksumCalculation: toChecksums(checksums),
      responseChecksumValidation: toChecksums(checksums),
    }),
  };
}

function toChecksums(checksums: NonNullable<S3StoreOptions["checksums"]>) {
  return checksums === "when_required" ? "WHEN_REQUIRED" : "WHEN_SUPPORTED";
}

function objectInput(options: S3ObjectOptions): Partial<PutObjectCommandInput> {
  const { serverSideEncryption, kmsKeyId, storageClass } = options;
  return {
    ...(serverSideEncryption && { ServerSideEncryption: serverSideEncryption }),
    ...(kmsKeyId && { SSEKMSKeyId: kmsKeyId }),
    // A type of the SDK's with the classes of its day; there will be more.
    ...(storageClass && {
      StorageClass: storageClass as NonNullable<PutObjectCommandInput["StorageClass"]>,
    }),
  };
}

function info(
  key: string,
  size = 0,
  lastModified?: Date,
  metadata?: Record<string, string>,
): ObjectInfo {
  return {
    key,
    size,
    ...(lastModified && { lastModified }),
    ...(metadata && { metadata }),
  };
}

/** What the SDK throws: `name` is the code of S3, `code` that of the network. */
interface SdkError extends Error {
  readonly code?: string;
  readonly $metadata?: { readonly httpStatusCode?: number; readonly attempts?: number };
  readonly $response?: { readonly headers?: Readonly<Record<string, string>> };
}

function toStoreError(cause: unknown): ObjectStoreError {
  if (!(cause instanceof Error)) return new ObjectStoreError(String(cause), { cause });
  const { name, message, code, $metadata, $response } = cause as SdkError;
  const status = $metadata?.httpStatusCode;
  const known = status === undefined ? (code ?? name) : name;
  const retryAfter = retryAfterMs($response?.headers?.["retry-after"]);
  return new ObjectStoreError(message === "" ? name : message, {
    cause,
    code: known,
    resent: ($metadata?.attempts ?? 1) > 1,
    ...(status !== undefined && { status }),
    ...(retryAfter !== undefined && { retryAfterMs: retryAfter }),
  });
}

/** The header's seconds or date (RFC 9110, section 10.2.3) in milliseconds from now. */
function retryAfterMs(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  const ms = /^\d+$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}
