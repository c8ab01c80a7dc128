import type { IncomingHttpHeaders, IncomingMessage } from "node:http";

/** A request as S3 understands it, path style: `PUT /logs/dt=2026-11-22/…`. */
export interface S3Request {
  readonly method: string;
  readonly bucket: string;
  /** Decoded, without the `/` before it; empty where the request is about the bucket. */
  readonly key: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
}

/** Reads what a request is about. */
export function s3Request({ method = "", url = "/", headers }: IncomingMessage): S3Request {
  const mark = url.indexOf("?");
  const path = mark < 0 ? url : url.slice(0, mark);
  const query = new URLSearchParams(mark < 0 ? "" : url.slice(mark + 1));
  const slash = path.indexOf("/", 1);
  const bucket = decodeURIComponent(path.slice(1, slash < 0 ? undefined : slash));
  const key = slash < 0 ? "" : decodeURIComponent(path.slice(slash + 1));
  return { method, bucket, key, query, headers };
}
