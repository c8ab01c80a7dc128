/** An object as it is stored. */
export interface StoredObject {
  readonly body: Buffer;
  /** Those that come back with it: type, metadata, checksums. */
  readonly headers: Readonly<Record<string, string>>;
  readonly etag: string;
  readonly lastModified: Date;
}

/** The objects of a bucket, by key. */
export class Bucket {
  readonly #objects = new Map<string, StoredObject>();
  #sorted: readonly string[] | undefined;

  get size(): number {
    return this.#objects.size;
  }

  get(key: string): StoredObject | undefined {
    return this.#objects.get(key);
  }

  put(key: string, object: StoredObject): void {
    if (!this.#objects.has(key)) this.#sorted = undefined;
    this.#objects.set(key, object);
  }

  delete(key: string): void {
    if (this.#objects.delete(key)) this.#sorted = undefined;
  }

  /** In the order of their bytes, as S3 lists them. */
  keys(): readonly string[] {
    this.#sorted ??= [...this.#objects.keys()].sort((a, b) =>
      Buffer.compare(Buffer.from(a), Buffer.from(b)),
    );
    return this.#sorted;
  }
}
