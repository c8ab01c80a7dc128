import { createHash } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import type { Bucket } from "./bucket.ts";
import { readBody } from "./read-body.ts";
import { S3RefusalError } from "./s3-refusal.ts";
import type { S3Request } from "./s3-request.ts";

// A name in 1,024 bytes of UTF-8: the S3 User Guide, "Naming Amazon S3 objects".
const MAX_KEY_BYTES = 1024;

/**
 * Stores an object, all of it or nothing; gives its ETag.
 *
 * @throws S3RefusalError
 */
export function putObject(
  bucket: Bucket,
  { key, headers }: S3Request,
  sent: Buffer,
  options: { readonly conditionalWrites: boolean; readonly now: number },
): string {
  if (Buffer.byteLength(key) > MAX_KEY_BYTES) throw new S3RefusalError(400, "KeyTooLongError");
  checkConditions(bucket, key, headers, options.conditionalWrites);
  const { bytes, checksums } = readBody(sent, headers);
  const etag = `"${createHash("md5").update(bytes).digest("hex")}"`;
  bucket.put(key, {
    body: bytes,
    headers: { ...keptHeaders(headers), ...checksums },
    etag,
    lastModified: new Date(options.now),
  });
  return etag;
}

function checkConditions(
  bucket: Bucket,
  key: string,
  headers: IncomingHttpHeaders,
  conditionalWrites: boolean,
): void {
  const [none, match] = [headers["if-none-match"], headers["if-match"]];
  if (none === undefined && match === undefined) return;
  if (!conditionalWrites) throw new S3RefusalError(501, "NotImplemented");
  const etag = bucket.get(key)?.etag;
  if (none !== undefined && none !== "*") throw new S3RefusalError(501, "NotImplemented");
  if (none === "*" && etag !== undefined) throw new S3RefusalError(412, "PreconditionFailed");
  if (match !== undefined && unquoted(match) !== unquoted(etag ?? "")) {
    throw new S3RefusalError(etag === undefined ? 404 : 412, "PreconditionFailed");
  }
}

function keptHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  const kept = Object.entries(headers).filter(([name]) =>
    /^(?:content-type|content-encoding|cache-control|x-amz-(?:meta-.+|storage-class|tagging|server-side-encryption.*))$/.test(
      name,
    ),
  );
  const texts = kept.map(([name, value]) => [name, String(value)] as const);
  const encoding = headers["content-encoding"]?.replace(/\s*aws-chunked,?\s*/, "");
  const { "content-encoding": _, ...rest } = Object.fromEntries(texts);
  return encoding ? { ...rest, "content-encoding": encoding } : rest;
}

function unquoted(etag: string): string {
  return etag.replaceAll('"', "");
}
