import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import type { S3Server } from "@step-log/s3-servers";
import type { ObjectStore, S3StoreOptions } from "../../src/index.ts";
import { clientStore } from "../../src/store/client-store.ts";

/** What a sink or a source takes to use a server, or the proxy before it. */
export function optionsFor(server: S3Server, url: string = server.url) {
  const { accessKeyId, secretAccessKey } = server;
  const credentials = { accessKeyId, secretAccessKey };
  return { endpoint: url, credentials } satisfies S3StoreOptions;
}

/** A bucket of a server, for what a test does to it behind the back of a sink or a source. */
export function storeOf(server: S3Server, bucket = "logs"): ObjectStore {
  return clientStore(bucket, optionsFor(server));
}

/** Makes a bucket, if it is not there. */
export async function makeBucket(server: S3Server, bucket = "logs"): Promise<void> {
  const client = new S3Client({
    ...optionsFor(server),
    region: "us-east-1",
    forcePathStyle: true,
  });
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  client.destroy();
}
