/** Loads what reads and prunes buckets; not by way of core, which finds only what is installed beside it. */
export function loadS3(): Promise<typeof import("@step-log/s3-sink")> {
  // The SDK warns of Node 20 in every process, in the middle of the answer.
  process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";
  return import("@step-log/s3-sink");
}
