import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type LightS3, lightS3, REFUSALS } from "@step-log/s3-servers";
import { sinkCases } from "@step-log/sink-testkit";
import { afterAll, beforeAll, describe, test } from "vitest";
import { type S3Sink, type S3SinkOptions, s3Sink } from "../src/index.ts";
import { linesIn } from "./lines-in.ts";

let server: LightS3;
const spoolDir = mkdtempSync(join(tmpdir(), "step-log-s3-"));
const broken = new Set<string>();

beforeAll(async () => {
  server = await lightS3();
  server.refuse = ({ key }) =>
    broken.has(key.split("/")[0] ?? "") ? REFUSALS.slowDown : undefined;
});

afterAll(async () => {
  await server.close();
  rmSync(spoolDir, { recursive: true, force: true });
});

const variants: Readonly<Record<string, S3SinkOptions>> = {
  "out of memory": {},
  "with a spool, small parts, not compressed": {
    spoolDir,
    ack: "s3",
    partBytes: 65_536,
    compression: "none",
  },
};

for (const [name, options] of Object.entries(variants)) {
  describe(name, () => {
    const prefixOf = (id: string) => `${name.replaceAll(/\W+/g, "-")}-${id}`;
    const cases = sinkCases<S3Sink>({
      create({ id }) {
        const { url, accessKeyId, secretAccessKey } = server;
        return s3Sink(`s3://logs/${prefixOf(id)}/`, {
          endpoint: url,
          credentials: { accessKeyId, secretAccessKey },
          ...options,
        });
      },
      read: (_, { id }) => linesIn(server, `${prefixOf(id)}/`),
      faults: {
        break: (_, { id }) => void broken.add(prefixOf(id)),
        mend: (_, { id }) => void broken.delete(prefixOf(id)),
        waitMs: 500,
      },
      optional: ["stats", "onError", ...(options.spoolDir ? (["flushSync"] as const) : [])],
      escaped: (_, { id }) => {
        const part = new RegExp(
          `^${prefixOf(id)}/dt=\\d{4}-\\d\\d-\\d\\d/[A-Za-z0-9_-]+\\.[0-9a-f]{16}\\.\\d{8}\\.\\d{10}-\\d{10}\\.jsonl(\\.gz)?$`,
        );
        return server.keys().filter((key) => key.startsWith(prefixOf(id)) && !part.test(key));
      },
      skip: options.spoolDir
        ? [
            {
              case: "flushSync leaves everything stored",
              reason: "it leaves it in the spool; see spool.test.ts",
            },
          ]
        : [],
    });
    for (const { group, name: title, skip, run } of cases) {
      test(`${group}: ${title}`, { timeout: 60_000 }, async (context) => {
        if (skip !== undefined) context.skip(skip);
        await run();
      });
    }
  });
}
