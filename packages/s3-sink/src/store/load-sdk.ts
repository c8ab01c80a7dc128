import { StepLogError } from "@step-log/core";

/** The module of the AWS SDK. */
export type S3Sdk = typeof import("@aws-sdk/client-s3");

let loading: Promise<S3Sdk> | undefined;

/**
 * Loads the AWS SDK when it is first needed; that takes 80 to 250 ms.
 *
 * @throws StepLogError `MISSING_PACKAGE`.
 */
export async function loadSdk(): Promise<S3Sdk> {
  loading ??= import("@aws-sdk/client-s3");
  try {
    return await loading;
  } catch (cause) {
    loading = undefined;
    const advice = "npm install @aws-sdk/client-s3, or give a store of your own";
    throw new StepLogError("MISSING_PACKAGE", `s3: the AWS SDK could not be loaded: ${advice}`, {
      cause,
    });
  }
}
