import { expect, test } from "vitest";
import { type S3SinkOptions, s3Sink } from "../src/index.ts";
import { parseS3Url } from "../src/s3-url.ts";

const hasZstd = "zstdCompress" in process.getBuiltinModule("node:zlib");

test.each<[object, string]>([
  [{ partBytes: 10 }, "partBytes must be a number from 1024 to 8388608, got 10"],
  [{ partBytes: 1e9 }, "partBytes must be"],
  [{ flushMs: Number.NaN }, "flushMs must be"],
  [{ maxBufferBytes: "1" }, "maxBufferBytes must be"],
  [{ overflow: "block" }, "overflow must be one of drop, hold, got block"],
  [{ ack: "spool" }, 'ack "spool" needs a spoolDir'],
  [{ spoolDir: "" }, "spoolDir must be the path of a folder"],
  [{ compression: "brotli" }, "compression must be one of gzip, zstd, none, got brotli"],
  [{ tags: { team: 1 } }, "tags must be an object of strings"],
  [{ client: {} }, "client must be an S3Client"],
  [{ store: { put() {} } }, "it lacks head, get, list, delete"],
  [{ endpoint: "localhost:9000" }, "endpoint must be an http or https URL"],
  [{ requestTimeoutMs: 0 }, "requestTimeoutMs must be above 0"],
  [{ checksums: "always" }, "checksums must be one of"],
  [{ handleSignals: "yes" }, "handleSignals must be one of true, false"],
])("%j is refused when the sink is made", (options, message) => {
  const make = () => s3Sink("s3://logs/", options as S3SinkOptions);
  expect(make).toThrow(TypeError);
  expect(make).toThrow(`s3Sink: `);
  expect(make).toThrow(message);
});

test.skipIf(hasZstd)(
  "zstd is refused where Node has none, and the message says what it needs",
  () => {
    expect(() => s3Sink("s3://logs/", { compression: "zstd" })).toThrow("needs Node 22.15 or 23.8");
  },
);

test.each([
  ["s3://logs", "logs", ""],
  ["s3://logs/", "logs", ""],
  ["s3://logs/a/b", "logs", "a/b/"],
  ["s3://logs//a b%20/", "logs", "a b%20/"],
  [new URL("s3://logs/a%20b/"), "logs", "a b/"],
])("%s is bucket %s and prefix %j", (url, bucket, prefix) => {
  expect(parseS3Url(url)).toEqual({ bucket, prefix });
});

test.each([
  "logs/",
  "https://logs/",
  "s3://",
  "s3://a/",
  "s3://logs/../x",
  "s3://logs/a//b/",
  "s3://logs/?x=1",
  "s3://logs/\n/",
])("%j is no place in a bucket", (url) => {
  expect(() => s3Sink(url)).toThrow(TypeError);
});
