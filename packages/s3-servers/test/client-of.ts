import { S3Client } from "@aws-sdk/client-s3";
import { onTestFinished } from "vitest";
import type { S3Server } from "../src/index.ts";

/** A client of the AWS SDK for a server; tries once, so that faults are seen. */
export function clientOf(
  server: S3Server,
  { url = server.url, sessionToken }: { url?: string; sessionToken?: string } = {},
): S3Client {
  const { accessKeyId, secretAccessKey } = server;
  const credentials = { accessKeyId, secretAccessKey };
  const client = new S3Client({
    region: "us-east-1",
    endpoint: url,
    forcePathStyle: true,
    maxAttempts: 1,
    credentials: sessionToken === undefined ? credentials : { ...credentials, sessionToken },
  });
  onTestFinished(() => client.destroy());
  return client;
}
