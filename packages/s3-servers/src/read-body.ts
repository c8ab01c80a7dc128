import { createHash } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { crc32 } from "node:zlib";
import { S3RefusalError } from "./s3-refusal.ts";

/** The bytes of an object, and the checksum headers that came with them, before or behind. */
export interface S3Body {
  readonly bytes: Buffer;
  readonly checksums: Readonly<Record<string, string>>;
}

/**
 * Takes the object out of what was sent, and checks whatever sums came with it.
 *
 * @throws S3RefusalError `BadDigest`, `InvalidDigest`, `IncompleteBody`, `XAmzContentSHA256Mismatch`
 */
export function readBody(sent: Buffer, headers: IncomingHttpHeaders): S3Body {
  const sha256 = String(headers["x-amz-content-sha256"] ?? "");
  const isChunked = sha256.startsWith("STREAMING-");
  const { bytes, trailers } = isChunked ? unchunk(sent) : { bytes: sent, trailers: {} };
  if (isChunked && Number(headers["x-amz-decoded-content-length"]) !== bytes.length) {
    throw new S3RefusalError(400, "IncompleteBody");
  }
  if (/^[0-9a-f]{64}$/.test(sha256) && sha256 !== digest("sha256", bytes, "hex")) {
    throw new S3RefusalError(400, "XAmzContentSHA256Mismatch");
  }
  const md5 = headers["content-md5"];
  if (md5 !== undefined && String(md5) !== digest("md5", bytes, "base64")) {
    throw new S3RefusalError(400, "BadDigest");
  }
  const checksums = Object.fromEntries(
    Object.entries({ ...headers, ...trailers })
      .filter(([name]) => /^x-amz-checksum-(?:crc|sha)/.test(name))
      .map(([name, value]) => [name, String(value)]),
  );
  for (const [name, sum] of Object.entries(checksums)) {
    const wanted = checksumOf(name.slice("x-amz-checksum-".length), bytes);
    if (wanted !== undefined && wanted !== sum) throw new S3RefusalError(400, "BadDigest");
  }
  return { bytes, checksums };
}

/** The sum as S3 writes it; `undefined` for those that Node cannot make. */
function checksumOf(algorithm: string, bytes: Buffer): string | undefined {
  if (algorithm === "sha1" || algorithm === "sha256") return digest(algorithm, bytes, "base64");
  if (algorithm !== "crc32") return undefined;
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(bytes));
  return sum.toString("base64");
}

function digest(algorithm: string, bytes: Buffer, encoding: "hex" | "base64"): string {
  return createHash(algorithm).update(bytes).digest(encoding);
}

/** Undoes `aws-chunked`: `<hex length>[;chunk-signature=…]\r\n<bytes>\r\n`, trailers at the end. */
function unchunk(sent: Buffer): { bytes: Buffer; trailers: Record<string, string> } {
  const chunks: Buffer[] = [];
  let at = 0;
  for (;;) {
    const end = sent.indexOf("\r\n", at);
    const length = Number.parseInt(sent.toString("latin1", at, end), 16);
    if (end < 0 || Number.isNaN(length)) throw new S3RefusalError(400, "IncompleteBody");
    at = end + 2;
    if (length === 0) break;
    if (at + length > sent.length) throw new S3RefusalError(400, "IncompleteBody");
    chunks.push(sent.subarray(at, at + length));
    at += length + 2;
  }
  const trailers = Object.fromEntries(
    sent
      .toString("latin1", at)
      .split(/\r?\n/)
      .map((line) => line.split(/:(.*)/s, 2) as [string, string])
      .filter(([name, value]) => name !== "" && value !== undefined)
      .map(([name, value]) => [name.toLowerCase(), value.trim()]),
  );
  return { bytes: Buffer.concat(chunks), trailers };
}
