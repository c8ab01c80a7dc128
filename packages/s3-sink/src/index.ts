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
