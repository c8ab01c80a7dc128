import { type LightS3, lightS3 } from "@step-log/s3-servers";

/** Starts a server of S3, which the SDK finds in the environment as a user would have it there. */
export async function s3InEnvironment(): Promise<LightS3> {
  const server = await lightS3();
  const { url, accessKeyId, secretAccessKey } = server;
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_S3: url,
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
  });
  return server;
}
