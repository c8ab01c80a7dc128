import { CEPH, LIGHT, type ServerUnderTest } from "@step-log/s3-servers";
import { sourceCases } from "@step-log/sink-testkit";
import { describe, test } from "vitest";
import { s3Source } from "../../src/index.ts";
import { putLines } from "../support/put-parts.ts";
import { optionsFor, storeOf } from "../support/store-of.ts";
import { useServer } from "../support/use-server.ts";

describe.each<ServerUnderTest>([LIGHT, CEPH])("$name", (underTest) => {
  const server = useServer(underTest);
  const cases = sourceCases({
    async create(lines, { id }) {
      await putLines(storeOf(server()), lines, { prefix: `${id}/` });
      return s3Source(`s3://logs/${id}/`, optionsFor(server()));
    },
    openHandles: () => process.getActiveResourcesInfo().length,
  });
  for (const { group, name, skip, run } of cases) {
    test(`${group}: ${name}`, { timeout: 60_000 }, async (context) => {
      if (skip !== undefined) context.skip(skip);
      await run();
    });
  }
});
