import type { Bucket } from "./bucket.ts";
import { XML } from "./s3-refusal.ts";

// What S3 gives at most.
const PAGE_KEYS = 1000;

/** Answers ListObjectsV2: a page of keys, with `delimiter` those that share a prefix as one. */
export function listObjects(name: string, bucket: Bucket, query: URLSearchParams): string {
  const prefix = query.get("prefix") ?? "";
  const delimiter = query.get("delimiter") ?? "";
  const wanted = Number(query.get("max-keys") ?? PAGE_KEYS);
  const limit = Math.min(Number.isSafeInteger(wanted) ? wanted : PAGE_KEYS, PAGE_KEYS);
  const token = query.get("continuation-token");
  const after =
    token === null ? (query.get("start-after") ?? "") : Buffer.from(token, "base64").toString();
  const write = query.get("encoding-type") === "url" ? urlEncoded : escaped;

  const items: string[] = [];
  let count = 0;
  let last = after;
  let isTruncated = false;
  for (const key of bucket.keys()) {
    if (!key.startsWith(prefix) || !isAfter(key, after)) continue;
    const cut = delimiter === "" ? -1 : key.indexOf(delimiter, prefix.length);
    const common = cut < 0 ? undefined : key.slice(0, cut + delimiter.length);
    if (common !== undefined && last.startsWith(common)) {
      last = key;
      continue;
    }
    if (count === limit) {
      isTruncated = true;
      break;
    }
    items.push(common === undefined ? contents(bucket, key, write) : commonPrefix(write(common)));
    count++;
    last = key;
  }
  const next = isTruncated
    ? `<NextContinuationToken>${Buffer.from(last).toString("base64")}</NextContinuationToken>`
    : "";
  return (
    `${XML}<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">` +
    `<Name>${escaped(name)}</Name><Prefix>${write(prefix)}</Prefix><KeyCount>${count}</KeyCount>` +
    `<MaxKeys>${limit}</MaxKeys><IsTruncated>${isTruncated}</IsTruncated>${next}` +
    `${items.join("")}</ListBucketResult>`
  );
}

function contents(bucket: Bucket, key: string, write: (text: string) => string): string {
  const object = bucket.get(key);
  if (object === undefined) return "";
  return (
    `<Contents><Key>${write(key)}</Key><LastModified>${object.lastModified.toISOString()}</LastModified>` +
    `<ETag>${escaped(object.etag)}</ETag><Size>${object.body.length}</Size>` +
    "<StorageClass>STANDARD</StorageClass></Contents>"
  );
}

function commonPrefix(prefix: string): string {
  return `<CommonPrefixes><Prefix>${prefix}</Prefix></CommonPrefixes>`;
}

function isAfter(key: string, after: string): boolean {
  return after === "" || Buffer.compare(Buffer.from(key), Buffer.from(after)) > 0;
}

function urlEncoded(text: string): string {
  return encodeURIComponent(text).replaceAll("%2F", "/");
}

function escaped(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
