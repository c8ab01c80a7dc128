import { isStepLogError } from "@step-log/core";

/**
 * What a failed PUT means for its part:
 *
 * - `"taken"`: there is an object of this key, ours from an earlier try, or another's;
 * - `"unconditional"`: the store has no conditional writes;
 * - `"busy"`: try again, and send less at once;
 * - `"retry"`: try again;
 * - `"park"`: nothing can be stored until somebody mends something; keep all of it, look now and then;
 * - `"bad"`: this part cannot be stored, others can.
 */
export type Verdict = "taken" | "unconditional" | "busy" | "retry" | "park" | "bad";

/** What is read of an error, whoever made it. */
export interface FailureFacts {
  readonly status: number | undefined;
  readonly code: string | undefined;
}

// Codes come first, since stores agree on them more than on the status.
// https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#ErrorCodeList
const BY_CODE: ReadonlyMap<string, Verdict> = new Map(
  Object.entries({
    taken: ["PreconditionFailed"],
    busy: ["SlowDown", "SlowDownWrite", "ServiceUnavailable", "TooManyRequests", "Throttling"],
    retry: [
      // The clock is corrected, or credentials are fetched anew, between two tries.
      ...["RequestTimeTooSkewed", "RequestExpired", "ExpiredToken", "ExpiredTokenException"],
      "TokenRefreshRequired",
      // Damaged on the way.
      ...["BadDigest", "XAmzContentSHA256Mismatch", "XAmzContentChecksumMismatch"],
      ...["IncompleteBody", "RequestTimeout"],
      ...["ConditionalRequestConflict", "OperationAborted", "InternalError"],
    ],
    park: [
      ...["AuthorizationHeaderMalformed", "InvalidToken", "InvalidBucketName", "NoSuchBucket"],
      ...["PermanentRedirect", "InvalidLocationConstraint", "IllegalLocationConstraintException"],
      ...["InvalidStorageClass", "InvalidTag", "InvalidEncryptionAlgorithmError"],
      ...["QuotaExceeded", "ServerSideEncryptionConfigurationNotFoundError"],
    ],
    bad: ["EntityTooLarge", "InvalidDigest", "KeyTooLongError", "MetadataTooLarge"],
  } satisfies Partial<Record<Verdict, readonly string[]>>).flatMap(([verdict, codes]) =>
    codes.map((code) => [code, verdict as Verdict] as const),
  ),
);

/** Decides by the code and the status of an error; one without either is the network's. */
export function classifyError(error: unknown): Verdict {
  if (isStepLogError(error)) return "park"; // the SDK is not installed
  const { status, code } = failureFacts(error);
  const known = code === undefined ? undefined : BY_CODE.get(code);
  if (known !== undefined) return known;
  if (code?.startsWith("KMS.")) return "park";
  if (status === undefined || status < 300) return "retry";
  if (status === 412) return "taken";
  if (status === 501) return "unconditional";
  if (status === 429 || status === 503) return "busy";
  if (status === 408 || status === 409 || status === 425 || status >= 500) return "retry";
  return status === 400 || status === 413 ? "bad" : "park";
}

/** Status and code of an error, wherever its maker put them. */
export function failureFacts(error: unknown): FailureFacts {
  const { status, code } = (typeof error === "object" && error !== null ? error : {}) as {
    readonly status?: unknown;
    readonly code?: unknown;
  };
  return {
    status: typeof status === "number" ? status : undefined,
    code: typeof code === "string" ? code : undefined,
  };
}
