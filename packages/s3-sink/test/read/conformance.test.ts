import type { S3Server } from "@step-log/s3-servers";
import { sourceCases } from "@step-log/sink-testkit";
import { afterAll, beforeAll, describe, test } from "vitest";
import { s3Source } from "../../src/index.ts";
import { putLines } from "../support/put-parts.ts";
import { CEPH, LIGHT, type ServerUnderTest } from "../support/servers.ts";
import { makeBucket, optionsFor, storeOf } from "../support/store-of.ts";

describe.each<ServerUnderTest>([LIGHT, CEPH])("$name", ({ missing, start }) => {
  let server: S3Server;

  beforeAll(async () => {
    if (missing !== undefined) return;
    server = await start();
    await makeBucket(server);
  }, 120_000);
  afterAll(() => server?.close());

  const cases = sourceCases({
    async create(lines, { id }) {
      await putLines(storeOf(server), lines, { prefix: `${id}/` });
      return s3Source(`s3://logs/${id}/`, optionsFor(server));
    },
  });
  for (const { group, name, skip, run } of cases) {
    test(`${group}: ${name}`, { timeout: 60_000 }, async (context) => {
      if (missing !== undefined) context.skip(missing);
      if (skip !== undefined) context.skip(skip);
      await run();
    });
  }
});
