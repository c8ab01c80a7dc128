import type { ObjectStore } from "../object-store.ts";

/** A client of the AWS SDK for JavaScript v3, as `new S3Client()` makes it. */
export interface S3ClientLike {
  send(...args: never[]): unknown;
}

/** Keys to sign requests with. */
export interface S3Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
}

/** Which bucket service to talk to, and how; common to `s3Sink` and `s3Source`. */
export interface S3StoreOptions {
  /** A client of one's own; `region`, `endpoint` and the like are then its affair. */
  readonly client?: S3ClientLike;
  /** A store of one's own; the AWS SDK is then not needed. */
  readonly store?: ObjectStore;
  /** Default: as the AWS SDK finds it; with an `endpoint` and nothing found, `us-east-1`. */
  readonly region?: string;
  /** URL of a service other than AWS. Default: `AWS_ENDPOINT_URL_S3` or `AWS_ENDPOINT_URL`, else AWS. */
  readonly endpoint?: string;
  /** Whether the bucket stands in the path instead of the host name. Default: with an `endpoint`. */
  readonly forcePathStyle?: boolean;
  /** Default: the standard chain of the AWS SDK: environment, profile, SSO, web identity, ECS, EC2. */
  readonly credentials?: S3Credentials | (() => Promise<S3Credentials>);
  /** Longest that one request may take, in milliseconds. @defaultValue 30000 */
  readonly requestTimeoutMs?: number;
  /** When the AWS SDK adds its own checksums. Default: `"when_required"` with an `endpoint`, since others reject them. */
  readonly checksums?: "when_supported" | "when_required";
  /** How the store is told to overwrite nothing. Default: `"x-goog-if-generation-match"` for Google's endpoint, else `"if-none-match"`. */
  readonly conditional?: "if-none-match" | "x-goog-if-generation-match" | "none";
}

/** How objects are kept; what AWS knows under the same names. */
export interface S3ObjectOptions {
  readonly serverSideEncryption?: "AES256" | "aws:kms" | "aws:kms:dsse";
  /** The KMS key for `"aws:kms"`. Default: that of the bucket. */
  readonly kmsKeyId?: string;
  /** Such as `STANDARD_IA`. Default: that of the bucket. */
  readonly storageClass?: string;
}
