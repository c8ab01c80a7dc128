/** Where a log lies in a bucket. */
export interface S3Place {
  readonly bucket: string;
  /** What all keys begin with: empty, or ending in `/`. */
  readonly prefix: string;
}

// A key may have 1,024 bytes; day, run, writer, numbers and endings take up to 210 of them.
const MAX_PREFIX_BYTES = 800;
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html; other stores, and
// buckets from before 2018, also have upper case and `_`.
const BUCKET = /^[A-Za-z0-9][A-Za-z0-9._-]{1,254}$/;

/**
 * Reads `s3://bucket/prefix/`; the prefix is taken as it stands, without decoding, and a `/` put at
 * its end. Of a `URL`, the percent signs are decoded.
 *
 * @throws TypeError for what is no such URL.
 */
export function parseS3Url(url: string | URL): S3Place {
  const text = typeof url === "string" ? url : decoded(url);
  const [, bucket = "", path = ""] = /^s3:\/\/([^/]*)(?:\/+(.*))?$/is.exec(text) ?? [];
  if (!BUCKET.test(bucket)) throw new TypeError(`must be s3://bucket/prefix/, got ${text}`);
  const prefix = path === "" || path.endsWith("/") ? path : `${path}/`;
  if (!isSafePrefix(prefix)) {
    throw new TypeError(`the prefix must be names with / between, none . or .., got ${prefix}`);
  }
  return { bucket, prefix };
}

/** HTTP clients fold `..`, XML cannot hold control characters, and `?` and `#` are a slip. */
function isSafePrefix(prefix: string): boolean {
  if (Buffer.byteLength(prefix) > MAX_PREFIX_BYTES || /[\p{Cc}?#\\]/u.test(prefix)) return false;
  return (
    prefix === "" ||
    prefix
      .slice(0, -1)
      .split("/")
      .every((name) => !/^\.{0,2}$/.test(name))
  );
}

function decoded(url: URL): string {
  if (url.search !== "" || url.hash !== "") return url.href;
  try {
    return `${url.protocol}//${url.host}${decodeURIComponent(url.pathname)}`;
  } catch {
    return url.href;
  }
}
