import type { FindOptions } from "./find-parts.ts";
import type { LoadOptions } from "./load-part.ts";
import type { S3SourceSettings } from "./s3-source-options.ts";

/** What one reading of a log needs. */
export type Reading = LoadOptions & FindOptions & S3SourceSettings;

/** Gives what comes in batches one by one; `signal` ends it, leaving it ends what is under way. */
export async function* oneByOne<T>(
  reading: Omit<Reading, "signal">,
  signal: AbortSignal | undefined,
  batchesOf: (reading: Reading) => AsyncIterable<readonly T[]>,
): AsyncGenerator<T, void, void> {
  signal?.throwIfAborted();
  const left = new AbortController();
  const leave = () => left.abort(signal?.reason);
  signal?.addEventListener("abort", leave);
  try {
    for await (const batch of batchesOf({ ...reading, signal: left.signal })) {
      for (const item of batch) {
        yield item;
        signal?.throwIfAborted();
      }
    }
  } finally {
    signal?.removeEventListener("abort", leave);
    left.abort();
  }
}
