export { compact } from "./compact/compact.ts";
export type { CompactOptions, CompactProblem, CompactReport } from "./compact/compact-options.ts";
export type { ExpireOptions, ExpireReport } from "./compact/expire.ts";
export { expire } from "./compact/expire.ts";
export { locationScheme } from "./location-scheme.ts";
export type {
  ByteRange,
  CallOptions,
  GetOptions,
  ListOptions,
  ObjectBody,
  ObjectInfo,
  ObjectStore,
  PutOptions,
} from "./object-store.ts";
export type { ObjectStoreErrorOptions } from "./object-store-error.ts";
export { ObjectStoreError } from "./object-store-error.ts";
export type { Compression, PartName } from "./part-key.ts";
export { parsePartKey, partKey, runSlug } from "./part-key.ts";
export type { MissingSteps, RunReport, WriterReport } from "./read/run-audit.ts";
export type { S3ReadOptions, S3Source } from "./read/s3-source.ts";
export { s3Source } from "./read/s3-source.ts";
export type { Dedupe, S3SourceOptions } from "./read/s3-source-options.ts";
export type { Stretch } from "./read/step-set.ts";
export type { S3Sink, S3SinkStats } from "./s3-sink.ts";
export { s3Sink } from "./s3-sink.ts";
export type { Ack, Overflow, S3SinkOptions } from "./s3-sink-options.ts";
export type {
  S3ClientLike,
  S3Credentials,
  S3ObjectOptions,
  S3StoreOptions,
} from "./store/store-options.ts";
export type { LambdaContext } from "./with-s3-sink.ts";
export { withS3Sink } from "./with-s3-sink.ts";
