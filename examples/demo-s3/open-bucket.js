import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { lightS3 } from "@step-log/s3-servers";

/**
 * Where the demo writes to: the bucket of `S3_ENDPOINT`, with the credentials that the AWS SDK finds, else
 * one in memory.
 *
 * @param {Readonly<Record<string, string | undefined>>} env
 */
export async function openBucket(env) {
  const { S3_ENDPOINT: endpoint, S3_BUCKET: bucket = "step-log-demo" } = env;
  // Of their own, so that a demo before this one is not in its way.
  const url = `s3://${bucket}/demo-${Date.now()}/`;
  if (endpoint) {
    const client = new S3Client({ endpoint, region: "us-east-1", forcePathStyle: true });
    // As a rule it is there.
    await client.send(new CreateBucketCommand({ Bucket: bucket })).catch(() => {});
    client.destroy();
    return { url, options: { endpoint }, where: endpoint, close: async () => {} };
  }
  const server = await lightS3({ buckets: [bucket] });
  const { accessKeyId, secretAccessKey } = server;
  return {
    url,
    options: { endpoint: server.url, credentials: { accessKeyId, secretAccessKey } },
    where: "a small S3 server in this process; S3_ENDPOINT and S3_BUCKET name another one",
    close: () => server.close(),
  };
}
