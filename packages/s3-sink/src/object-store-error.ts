/** What is known of a failed call of a store. */
export interface ObjectStoreErrorOptions {
  /** The status of the HTTP response, if there was one. */
  readonly status?: number;
  /** The store's own name for it, such as `SlowDown`. */
  readonly code?: string;
  /** How long the store asks to wait, in milliseconds. */
  readonly retryAfterMs?: number;
  /** Whether the client sent the request more than once, so that an earlier one may have been done. */
  readonly resent?: boolean;
  readonly cause?: unknown;
}

/** How an `ObjectStore` says that a call failed. */
export class ObjectStoreError extends Error {
  override readonly name: string = "ObjectStoreError";
  readonly status: number | undefined;
  readonly code: string | undefined;
  readonly retryAfterMs: number | undefined;
  readonly resent: boolean;

  constructor(message: string, options: ObjectStoreErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.status = options.status;
    this.code = options.code;
    this.retryAfterMs = options.retryAfterMs;
    this.resent = options.resent ?? false;
  }
}
