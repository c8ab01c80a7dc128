import type { S3Server, ServerUnderTest } from "@step-log/s3-servers";
import { afterAll, beforeAll, beforeEach } from "vitest";
import { makeBucket } from "./store-of.ts";

/**
 * Has a server for the tests of this `describe`, with a bucket `logs`; they are skipped where it cannot
 * be started. Gives it once they run.
 */
export function useServer<S extends S3Server>({ missing, start }: ServerUnderTest<S>): () => S {
  let server: S | undefined;
  beforeAll(async () => {
    if (missing !== undefined) return;
    server = await start();
    await makeBucket(server);
  }, 120_000);
  afterAll(() => server?.close());
  beforeEach(({ skip }) => {
    if (missing !== undefined) skip(missing);
  });
  return () => server as S;
}
