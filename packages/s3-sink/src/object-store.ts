/** What is known of an object without its body. */
export interface ObjectInfo {
  /** The whole key, prefix and all. */
  readonly key: string;
  /** Its size in bytes. */
  readonly size: number;
  /** When it was stored; lists and heads of some stores leave it out. */
  readonly lastModified?: Date;
  /** What was given to `put`, names in lower case; a list leaves it out. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** What every call of a store takes. */
export interface CallOptions {
  /** Ends the call: the promise, or the iteration, rejects. */
  readonly signal: AbortSignal;
}

/** What goes with an object that is stored. */
export interface PutOptions extends CallOptions {
  readonly contentType: string;
  /** User metadata, `x-amz-meta-<name>`; names in lower case, values ASCII. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Store only if there is no object of this key: `If-None-Match: *`, or what the store has for it. */
  readonly ifNoneMatch?: boolean;
  /** MD5 of the body in base64, for the store to check: `Content-MD5`. */
  readonly contentMd5?: string;
  /** Object tags, where the store has them. */
  readonly tags?: Readonly<Record<string, string>>;
}

/** Part of a body. */
export interface ByteRange {
  /** First byte, from 0. */
  readonly start: number;
  /** Last byte, included; without it, to the end. */
  readonly end?: number;
}

/** What `get` takes. */
export interface GetOptions extends CallOptions {
  /** Default: the whole body. */
  readonly range?: ByteRange;
}

/** What `list` takes. */
export interface ListOptions extends CallOptions {
  /** Only keys behind this one. */
  readonly startAfter?: string;
  /** How many the caller will take at most: a hint, for a page no larger than needed. */
  readonly limit?: number;
}

/** What `get` gives. */
export interface ObjectBody {
  /** The bytes, in pieces. */
  readonly body: AsyncIterable<Uint8Array>;
  /** What was given to `put`, names in lower case. */
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * A bucket, in the five calls that a log needs; bring your own instead of the AWS SDK.
 *
 * A call is tried once; retrying is the sink's. What it rejects with should be an `ObjectStoreError`,
 * or have the same properties; an error without any counts as the network's.
 */
export interface ObjectStore {
  /** Stores an object, all of it or nothing. The body is not changed afterwards. */
  put(key: string, body: Uint8Array, options: PutOptions): Promise<void>;
  /** What is known of an object; `undefined` when there is none. */
  head(key: string, options: CallOptions): Promise<ObjectInfo | undefined>;
  /** An object, its bytes in pieces. Rejects, with status 404, when there is none. */
  get(key: string, options: GetOptions): Promise<ObjectBody>;
  /** All objects whose keys begin with `prefix`, in the order of the bytes of their keys, all pages. */
  list(prefix: string, options: ListOptions): AsyncIterable<ObjectInfo>;
  /** Deletes an object; one that is not there is no error. */
  delete(key: string, options: CallOptions): Promise<void>;
}
